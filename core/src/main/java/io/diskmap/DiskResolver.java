package io.diskmap;

import io.diskmap.DiskMap.Parts;
import io.diskmap.DiskMapException.Problem;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonArray;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.JsonValue.JsonText;
import io.diskmap.internal.json.Position;
import io.diskmap.internal.options.BadValueException;
import io.diskmap.internal.options.Nearest;
import io.diskmap.internal.options.OptionCheck;
import io.diskmap.internal.options.References;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks the disks of a map against the option tables of the drivers. Confined to one thread.
 *
 * <p>Disks with a driver come first, then the views on them, then the sections that name disks.
 */
final class DiskResolver {
  /** The Maven artifact of each driver that Diskmap has, by its name in the map. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "memory", "diskmap-core",
          "local", "diskmap-driver-local",
          "remote-http", "diskmap-driver-remote-http",
          "sshfs", "diskmap-driver-sshfs",
          "nfs", "diskmap-driver-nfs",
          "s3", "diskmap-driver-s3",
          "smb", "diskmap-driver-smb");

  private final Parts parts;
  private final References references;
  private final Set<String> drivers;
  private final Function<String, @Nullable OptionTable> tables;
  private final List<Problem> problems;
  private final Map<String, DiskSpec> bases = new LinkedHashMap<>();

  /** A resolver that asks for the tables of those drivers only that the map names. */
  DiskResolver(
      Parts parts,
      References references,
      Set<String> drivers,
      Function<String, @Nullable OptionTable> tables) {
    this.parts = parts;
    this.references = references;
    this.drivers = drivers;
    this.tables = tables;
    this.problems = new ArrayList<>(parts.problems());
  }

  /** The disks in the order of the map; a {@link DiskMapException} lists every mistake. */
  List<DiskSpec> resolve() {
    parts.disks().forEach((name, disk) -> base(name, disk));
    List<DiskSpec> disks = new ArrayList<>();
    parts
        .disks()
        .forEach(
            (name, disk) -> {
              Optional<DiskSpec> spec =
                  isView(disk) ? view(name, disk) : Optional.ofNullable(bases.get(name));
              spec.ifPresent(disks::add);
            });
    sectionsNameKnownDisks(disks);
    if (!problems.isEmpty()) {
      throw new DiskMapException(problems);
    }
    return List.copyOf(disks);
  }

  private static boolean isView(JsonObject disk) {
    return disk.get("view_of").isPresent();
  }

  private void base(String name, JsonObject disk) {
    if (isView(disk)) {
      return;
    }
    OptionCheck check = new OptionCheck(name, problems, references);
    Optional<String> driver = disk.get("driver").flatMap(value -> driver(check, value));
    OptionTable own = driver.map(tables).orElse(null);
    if (own == null) {
      return;
    }
    OptionTable table = own.and(CommonOptions.TABLE);
    int before = problems.size();
    Map<String, Object> values = check.check(table, disk, "");
    if (problems.size() == before) {
      OptionValues checked = OptionValues.ofChecked(table, values);
      boolean readOnly = checked.flag("read_only");
      bases.put(name, new DiskSpec(name, driver.get(), checked, Optional.empty(), "", readOnly));
    }
  }

  /** The name of a known driver, or a problem. */
  private Optional<String> driver(OptionCheck check, JsonValue value) {
    String name;
    try {
      name = value instanceof JsonText text ? references.expand(text.text()) : "";
    } catch (BadValueException refused) {
      check.add("driver", value.position(), String.valueOf(refused.getMessage()));
      return Optional.empty();
    }
    if (drivers.contains(name)) {
      return Optional.of(name);
    }
    check.add("driver", value.position(), unknownDriver(name, value));
    return Optional.empty();
  }

  private String unknownDriver(String name, JsonValue value) {
    if (!(value instanceof JsonText)) {
      return "expected the name of a driver, as in \"local\", but found " + value.kind();
    }
    String artifact = ARTIFACTS.get(name);
    if (artifact != null) {
      return "the driver " + name + " is not on the class path: add io.diskmap:" + artifact;
    }
    Set<String> known = new LinkedHashSet<>(drivers);
    known.addAll(new TreeSet<>(ARTIFACTS.keySet()));
    return "there is no driver \""
        + OptionCheck.printable(name)
        + "\"; "
        + Nearest.of(name, known)
            .map(near -> "did you mean \"" + near + "\"?")
            .orElse("known drivers are " + String.join(", ", known));
  }

  private Optional<DiskSpec> view(String name, JsonObject view) {
    OptionCheck check = new OptionCheck(name, problems, references);
    int before = problems.size();
    OptionValues values =
        OptionValues.ofChecked(SectionTables.VIEW, check.check(SectionTables.VIEW, view, ""));
    if (problems.size() > before) {
      return Optional.empty();
    }
    Position position = view.get("view_of").map(JsonValue::position).orElse(view.position());
    String baseName = values.text("view_of");
    DiskSpec base = bases.get(baseName);
    if (base == null) {
      noBase(baseName).ifPresent(problem -> check.add("view_of", position, problem));
      return Optional.empty();
    }
    String prefix = values.optionalText("prefix").orElse("");
    String wrong = prefix.isEmpty() ? null : PathRules.problemWith(prefix);
    if (wrong != null) {
      check.add("prefix", view.positionOf("prefix"), wrong);
    }
    boolean loosens = values.has("read_only") && !values.flag("read_only") && base.readOnly();
    if (loosens) {
      check.add(
          "read_only",
          view.positionOf("read_only"),
          "a view can only tighten: disk \"" + baseName + "\" is read-only");
    }
    boolean readOnly = base.readOnly() || (values.has("read_only") && values.flag("read_only"));
    return Optional.of(
        new DiskSpec(name, base.driver(), base.options(), Optional.of(baseName), prefix, readOnly));
  }

  private Optional<String> noBase(String name) {
    JsonObject other = parts.disks().get(name);
    if (other != null && isView(other)) {
      return Optional.of(
          "disk \"" + name + "\" is a view itself; a view stands on a disk with a driver");
    }
    return other != null || parts.broken().contains(name)
        ? Optional.empty()
        : Optional.of(unknownDisk(name));
  }

  private String unknownDisk(String name) {
    Set<String> known = parts.disks().keySet();
    return "there is no disk \""
        + OptionCheck.printable(name)
        + "\"; "
        + Nearest.of(name, known)
            .map(near -> "did you mean \"" + near + "\"?")
            .orElse("the disks are " + String.join(", ", known));
  }

  private void sectionsNameKnownDisks(List<DiskSpec> disks) {
    OptionCheck check = new OptionCheck("", problems, references);
    section("web").flatMap(web -> web.get("disks")).ifPresent(l -> names(check, "web.disks", l));
    section("server")
        .flatMap(server -> server.get("keys"))
        .ifPresent(
            keys -> {
              if (keys instanceof JsonObject byId) {
                byId.members().forEach((id, key) -> keyNames(check, id, key.value()));
              }
            });
    section("worker_files").ifPresent(files -> workerFiles(check, files, disks));
    section("catalogue")
        .flatMap(catalogue -> catalogue.get("disk"))
        .ifPresent(
            disk -> {
              placeOn(check, "catalogue.disk", disk);
              writable(check, disks, "catalogue.disk", disk, "no task can be collected there");
            });
    section("cleanup")
        .ifPresent(
            cleanup ->
                cleanup
                    .members()
                    .forEach(
                        (disk, rule) -> {
                          String place = "cleanup." + disk;
                          known(check, place, rule.keyPosition(), disk);
                          if (isReadOnly(disks, disk)) {
                            check.add(
                                place,
                                rule.keyPosition(),
                                "disk \"" + disk + "\" is read-only: clean-up cannot delete there");
                          }
                        }));
  }

  private static boolean isReadOnly(List<DiskSpec> disks, String name) {
    return disks.stream().anyMatch(disk -> disk.name().equals(name) && disk.readOnly());
  }

  private static void writable(
      OptionCheck check, List<DiskSpec> disks, String where, JsonValue value, String otherwise) {
    if (value instanceof JsonText text && !References.mentions(text.text())) {
      String disk = text.text().split(":", 2)[0];
      if (isReadOnly(disks, disk)) {
        check.add(where, value.position(), "disk \"" + disk + "\" is read-only: " + otherwise);
      }
    }
  }

  private void workerFiles(OptionCheck check, JsonObject section, List<DiskSpec> disks) {
    section
        .get("results")
        .ifPresent(
            results -> {
              placeOn(check, "worker_files.results", results);
              writable(
                  check, disks, "worker_files.results", results, "no result can be saved there");
            });
    if (section.get("roots").orElse(null) instanceof JsonObject roots) {
      roots
          .members()
          .forEach((path, place) -> placeOn(check, "worker_files.roots." + path, place.value()));
    }
  }

  private void placeOn(OptionCheck check, String where, JsonValue value) {
    if (value instanceof JsonText text && !References.mentions(text.text())) {
      known(check, where, value.position(), text.text().split(":", 2)[0]);
    }
  }

  private Optional<JsonObject> section(String name) {
    return Optional.ofNullable(parts.sections().get(name));
  }

  private void keyNames(OptionCheck check, String id, JsonValue key) {
    if (key instanceof JsonObject object) {
      object.get("disks").ifPresent(list -> names(check, "server.keys." + id + ".disks", list));
    }
  }

  private void names(OptionCheck check, String place, JsonValue value) {
    if (value instanceof JsonArray list) {
      for (JsonValue item : list.items()) {
        if (item instanceof JsonText name && !References.mentions(name.text())) {
          known(check, place, item.position(), name.text());
        }
      }
    }
  }

  private void known(OptionCheck check, String place, Position position, String disk) {
    if (!parts.disks().containsKey(disk) && !parts.broken().contains(disk)) {
      check.add(place, position, unknownDisk(disk));
    }
  }
}
