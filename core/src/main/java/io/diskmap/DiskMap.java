package io.diskmap;

import io.diskmap.DiskMapException.Problem;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.options.OptionCheck;
import io.diskmap.internal.options.References;
import io.diskmap.spi.OptionTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The disks of a deployment and what else it configures, as one JSON text gives it. Immutable; any
 * thread may use it.
 *
 * <p>A text that is JSON becomes a map, with the mistakes of its structure in {@link #problems()}.
 * {@link #validate} adds what only the drivers' option tables know, and reports every mistake at
 * once; {@link StorageManager} calls it before it opens a disk. {@code ${env:X}} and {@code
 * ${file:/path}} may stand in every text value. The text form shows no secret.
 */
public final class DiskMap {
  private final Parts parts;
  private final References references;

  DiskMap(Parts parts, References references) {
    this.parts = parts;
    this.references = references;
  }

  /**
   * The disk map of a JSON text, with the variables of this process.
   *
   * @throws DiskMapException if the text is no JSON object
   */
  public static DiskMap parse(String json) {
    return parse(json, System::getenv);
  }

  /**
   * The disk map of a JSON text, with the variables that a function knows.
   *
   * @throws DiskMapException if the text is no JSON object
   */
  public static DiskMap parse(String json, Function<String, @Nullable String> environment) {
    return new DiskMap(DiskMapReader.read(json), References.of(environment));
  }

  /**
   * The disk map of a JSON file in UTF-8, with the variables of this process.
   *
   * @throws DiskMapException if the file cannot be read or holds no JSON object
   */
  public static DiskMap read(Path file) {
    return read(file, System::getenv);
  }

  /**
   * The disk map of a JSON file in UTF-8, with the variables that a function knows.
   *
   * @throws DiskMapException if the file cannot be read or holds no JSON object
   */
  public static DiskMap read(Path file, Function<String, @Nullable String> environment) {
    return parse(DiskMapFile.read(file), environment);
  }

  /** Builds a disk map in a program. */
  public static Builder builder() {
    return new Builder();
  }

  /** The names of the disks, views among them, in order. */
  public List<String> disks() {
    return List.copyOf(parts.disks().keySet());
  }

  /** The mistakes of structure; {@link #validate} finds the rest. */
  public List<Problem> problems() {
    return parts.problems();
  }

  /**
   * The section {@code server}.
   *
   * @throws DiskMapException listing every mistake of the section and of the structure
   */
  public Optional<ServerSection> server() {
    return section("server", SectionReader::server);
  }

  /**
   * The section {@code web}.
   *
   * @throws DiskMapException listing every mistake of the section and of the structure
   */
  public Optional<WebSection> web() {
    return section("web", SectionReader::web);
  }

  /**
   * The section {@code audit}.
   *
   * @throws DiskMapException listing every mistake of the section and of the structure
   */
  public Optional<AuditSection> audit() {
    return section("audit", SectionReader::audit);
  }

  /**
   * The section {@code cleanup}.
   *
   * @throws DiskMapException listing every mistake of the section and of the structure
   */
  public Optional<CleanupSection> cleanup() {
    return section("cleanup", SectionReader::cleanup);
  }

  /**
   * The section {@code worker_files}.
   *
   * @throws DiskMapException listing every mistake of the section and of the structure
   */
  public Optional<WorkerFilesSection> workerFiles() {
    return section("worker_files", SectionReader::workerFiles);
  }

  /**
   * The section {@code catalogue}.
   *
   * @throws DiskMapException listing every mistake of the section and of the structure
   */
  public Optional<CatalogueSection> catalogue() {
    return section("catalogue", SectionReader::catalogue);
  }

  /**
   * This map with one more scheme for references: {@code ${scheme:name}} is what the function
   * answers for the name, null where it has no value. The function is asked each time.
   */
  public DiskMap withResolver(String scheme, Function<String, @Nullable String> resolver) {
    return new DiskMap(parts, references.with(scheme, resolver));
  }

  /**
   * Checks every disk against the option table of its driver, and resolves every reference once.
   *
   * @param drivers the option tables by the names of the drivers
   * @throws DiskMapException listing every mistake, those of the structure too
   */
  public void validate(Map<String, OptionTable> drivers) {
    resolve(drivers);
  }

  /** The disks with their checked values, in order; as {@link #validate}. */
  List<DiskSpec> resolve(Map<String, OptionTable> drivers) {
    return resolve(drivers.keySet(), drivers::get);
  }

  /** As the other, and asks for the tables of those drivers only that the map names. */
  List<DiskSpec> resolve(Set<String> drivers, Function<String, @Nullable OptionTable> tables) {
    return new DiskResolver(parts, references, drivers, tables).resolve();
  }

  /** The map as JSON, with every value that could be a secret as {@code ***}. */
  public String redacted() {
    return DiskMapRedaction.of(parts);
  }

  /** The map as JSON, without secrets. */
  @Override
  public String toString() {
    return redacted();
  }

  /** What the map consists of, for the types around it. */
  Parts parts() {
    return parts;
  }

  /** What resolves the references of this map. */
  References references() {
    return references;
  }

  private <T> Optional<T> section(
      String name, BiFunction<SectionReader, JsonObject, Optional<T>> reader) {
    if (!parts.problems().isEmpty()) {
      throw new DiskMapException(parts.problems());
    }
    JsonObject section = parts.sections().get(name);
    if (section == null) {
      return Optional.empty();
    }
    List<Problem> problems = new ArrayList<>();
    Optional<T> read =
        reader.apply(new SectionReader(new OptionCheck("", problems, references)), section);
    if (!problems.isEmpty()) {
      throw new DiskMapException(problems);
    }
    return read;
  }

  /**
   * The structure of a map.
   *
   * @param disks the disks that are objects with a usable name
   * @param broken the names of the other disks
   * @param sections the sections beside the disks that are objects
   * @param problems the mistakes of structure
   */
  record Parts(
      Map<String, JsonObject> disks,
      Set<String> broken,
      Map<String, JsonObject> sections,
      List<Problem> problems) {}

  /** Collects the parts of a disk map. Confined to one thread. */
  public static final class Builder {
    private final Map<String, Object> disks = new LinkedHashMap<>();
    private final Map<String, Object> sections = new LinkedHashMap<>();
    private Function<String, @Nullable String> environment = System::getenv;

    private Builder() {}

    /**
     * Adds a disk.
     *
     * @param options the values: texts, numbers, booleans, lists and maps
     * @throws IllegalArgumentException if there is a disk of this name
     */
    public Builder disk(String name, String driver, Map<String, ?> options) {
      Map<String, Object> disk = new LinkedHashMap<>();
      disk.put("driver", driver);
      disk.putAll(options);
      return add(name, disk);
    }

    /** Adds a disk that is a prefix of another one. */
    public Builder view(String name, String base, String prefix) {
      return add(name, Map.of("view_of", base, "prefix", prefix));
    }

    /** Adds a disk that is a prefix of another one and refuses changes. */
    public Builder readOnlyView(String name, String base, String prefix) {
      return add(name, Map.of("view_of", base, "prefix", prefix, "read_only", true));
    }

    /** Sets a section: server, web, audit, cleanup, worker_files or catalogue. */
    public Builder section(String name, Map<String, ?> values) {
      if (name.equals("disks")) {
        throw new IllegalArgumentException("disks are added one by one");
      }
      sections.put(name, values);
      return this;
    }

    /** Sets what knows the variables of references; those of this process by default. */
    public Builder environment(Function<String, @Nullable String> variables) {
      this.environment = variables;
      return this;
    }

    /** The disk map; {@link DiskMap#validate} reports what is wrong with it. */
    public DiskMap build() {
      Map<String, Object> root = new LinkedHashMap<>();
      root.put("disks", disks);
      root.putAll(sections);
      return new DiskMap(
          DiskMapReader.read(JsonValue.of(root), List.of()), References.of(environment));
    }

    private Builder add(String name, Map<String, ?> disk) {
      if (disks.putIfAbsent(name, disk) != null) {
        throw new IllegalArgumentException("there are two disks named " + name);
      }
      return this;
    }
  }
}
