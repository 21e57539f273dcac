package io.diskmap;

import io.diskmap.DiskMap.Parts;
import io.diskmap.DiskMapException.Problem;
import io.diskmap.internal.json.JsonDocument;
import io.diskmap.internal.json.JsonMistake;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonMember;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.Position;
import io.diskmap.internal.options.Nearest;
import io.diskmap.internal.options.OptionCheck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the disks and sections in a JSON tree and collects the mistakes of structure. Confined to
 * one thread.
 */
final class DiskMapReader {
  private static final Pattern DISK_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  private final List<Problem> problems = new ArrayList<>();
  private final OptionCheck outside = new OptionCheck("", problems, null);
  private final Map<String, JsonObject> disks = new LinkedHashMap<>();
  private final Set<String> broken = new LinkedHashSet<>();
  private final Map<String, JsonObject> sections = new LinkedHashMap<>();

  private DiskMapReader() {}

  /** The parts of a text; a {@link DiskMapException} if it is no JSON. */
  static Parts read(String json) {
    JsonDocument document = JsonDocument.parse(json);
    Optional<JsonValue> root = document.root();
    if (root.isEmpty()) {
      throw new DiskMapException(document.mistakes().stream().map(DiskMapReader::problem).toList());
    }
    return read(root.get(), document.mistakes());
  }

  /** The parts of a tree; a {@link DiskMapException} if it is no object. */
  static Parts read(JsonValue root, List<JsonMistake> mistakes) {
    if (!(root instanceof JsonObject map)) {
      throw new DiskMapException(
          List.of(
              new Problem(
                  "",
                  "",
                  root.position().line(),
                  root.position().column(),
                  "a disk map is a JSON object, as in { \"disks\": { ... } }, but this is "
                      + root.kind())));
    }
    DiskMapReader reader = new DiskMapReader();
    mistakes.forEach(mistake -> reader.problems.add(problem(mistake)));
    reader.sections(map);
    return new Parts(
        Collections.unmodifiableMap(reader.disks),
        Collections.unmodifiableSet(reader.broken),
        Collections.unmodifiableMap(reader.sections),
        List.copyOf(reader.problems));
  }

  private static Problem problem(JsonMistake mistake) {
    List<String> path = mistake.path().stream().map(OptionCheck::printable).toList();
    boolean ofDisk = path.size() > 1 && path.get(0).equals("disks");
    return new Problem(
        ofDisk ? path.get(1) : "",
        path.stream().skip(ofDisk ? 2 : 0).collect(Collectors.joining(".")),
        mistake.position().line(),
        mistake.position().column(),
        mistake.message());
  }

  private void sections(JsonObject map) {
    map.members()
        .forEach(
            (name, member) -> {
              if (!SectionTables.NAMES.contains(name)) {
                outside.add(
                    name, member.keyPosition(), OptionCheck.unknown(name, SectionTables.NAMES));
              } else if (!(member.value() instanceof JsonObject section)) {
                outside.add(name, member.value().position(), notAnObject(member));
              } else if (name.equals("disks")) {
                section.members().forEach(this::disk);
              } else {
                sections.put(name, section);
              }
            });
    if (!map.members().containsKey("disks")) {
      outside.add("disks", map.position(), "missing; a disk map names its disks here");
    }
    SectionReader reader = new SectionReader(outside);
    Optional.ofNullable(sections.get("server")).ifPresent(reader::server);
    Optional.ofNullable(sections.get("web")).ifPresent(reader::web);
    Optional.ofNullable(sections.get("audit")).ifPresent(reader::audit);
    Optional.ofNullable(sections.get("cleanup")).ifPresent(reader::cleanup);
    Optional.ofNullable(sections.get("worker_files")).ifPresent(reader::workerFiles);
    Optional.ofNullable(sections.get("catalogue")).ifPresent(reader::catalogue);
  }

  private void disk(String name, JsonMember member) {
    int before = problems.size();
    OptionCheck disk = new OptionCheck(OptionCheck.printable(name), problems, null);
    if (!DISK_NAME.matcher(name).matches()) {
      disk.add(
          "",
          member.keyPosition(),
          "the name of a disk has at most 64 letters, digits, and . _ - behind the first");
    }
    if (!(member.value() instanceof JsonObject object)) {
      disk.add("", member.value().position(), notAnObject(member));
    } else {
      structure(disk, object, member.keyPosition());
    }
    if (problems.size() == before && member.value() instanceof JsonObject object) {
      disks.put(name, object);
    } else {
      broken.add(name);
    }
  }

  private void structure(OptionCheck disk, JsonObject object, Position position) {
    boolean view = object.members().containsKey("view_of");
    if (view && object.members().containsKey("driver")) {
      disk.add("view_of", position, "a disk has a driver or is a view of another disk, not both");
    } else if (view) {
      disk.check(SectionTables.VIEW, object, "");
      object.get("prefix").ifPresent(prefix -> prefix(disk, prefix));
    } else if (!object.members().containsKey("driver")) {
      disk.add("driver", position, "missing; " + driverHint(object));
    }
  }

  private static void prefix(OptionCheck disk, JsonValue value) {
    if (value instanceof JsonValue.JsonText text
        && !text.text().isEmpty()
        && !text.text().contains("${")) {
      String problem = PathRules.problemWith(text.text());
      if (problem != null) {
        disk.add("prefix", value.position(), "this is no prefix: " + problem);
      }
    }
  }

  private static String driverHint(JsonObject object) {
    return Nearest.of("driver", object.members().keySet())
        .map(near -> "did you mean it by \"" + OptionCheck.printable(near) + "\"?")
        .orElse(
            "a disk names its driver, as in \"driver\": \"local\", or the disk it is a view_of");
  }

  private static String notAnObject(JsonMember member) {
    return "expected an object, but found " + member.value().kind();
  }
}
