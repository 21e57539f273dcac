package io.diskmap;

import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonWriter;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the JSON Schema of disk maps out of option tables, for editors and checks before a
 * roll-out. Any thread may call it.
 *
 * <p>The schema knows less than {@link DiskMap#validate}: a text that holds a reference fits
 * wherever a value of any type does.
 */
public final class DiskMapSchema {
  private static final String DISK_NAME = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

  private DiskMapSchema() {}

  /**
   * The JSON Schema, draft 2020-12, for maps of these drivers; the same text for the same tables.
   *
   * @param drivers the option tables by the names of the drivers
   */
  public static String generate(Map<String, OptionTable> drivers) {
    Map<String, OptionTable> sorted = new TreeMap<>(drivers);
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("disks", named(ref("disk")));
    properties.put("server", server());
    properties.put("web", table(SectionTables.WEB));
    properties.put("audit", table(SectionTables.AUDIT));
    properties.put("cleanup", named(table(SectionTables.CLEANUP_RULE)));
    properties.put("worker_files", workerFiles());
    properties.put("catalogue", table(SectionTables.CATALOGUE));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Diskmap disk map");
    schema.put("type", "object");
    schema.put("required", List.of("disks"));
    schema.put("properties", properties);
    schema.put("additionalProperties", false);
    schema.put("$defs", definitions(sorted));
    return JsonWriter.pretty(JsonValue.of(schema)) + "\n";
  }

  private static Map<String, Object> definitions(Map<String, OptionTable> drivers) {
    Map<String, Object> definitions = new LinkedHashMap<>();
    definitions.put(
        "reference", ordered("type", "string", "pattern", "\\$\\{[a-z][a-z0-9_-]*:[^{}]+\\}"));
    definitions.put("disk", disk(drivers));
    definitions.put("view", table(SectionTables.VIEW));
    drivers.forEach(
        (name, table) -> definitions.put("driver-" + name, table(table.and(CommonOptions.TABLE))));
    return definitions;
  }

  private static Map<String, Object> disk(Map<String, OptionTable> drivers) {
    List<Object> byDriver = new ArrayList<>();
    for (String name : drivers.keySet()) {
      Map<String, Object> isIt = Map.of("driver", Map.of("const", name));
      byDriver.add(
          ordered(
              "if", ordered("required", List.of("driver"), "properties", isIt),
              "then", ref("driver-" + name)));
    }
    Map<String, Object> names = Map.of("enum", List.copyOf(drivers.keySet()));
    Map<String, Object> driver = Map.of("driver", orReference(names));
    Map<String, Object> otherwise = ordered("required", List.of("driver"), "properties", driver);
    if (!byDriver.isEmpty()) {
      otherwise.put("allOf", byDriver);
    }
    Map<String, Object> disk = ordered("type", "object", "if", requires("view_of"));
    disk.put("then", ref("view"));
    disk.put("else", otherwise);
    return disk;
  }

  private static Map<String, Object> server() {
    Map<String, Object> properties = properties(SectionTables.SERVER);
    properties.put("keys", named(table(SectionTables.SERVER_KEY)));
    Map<String, Object> server = table(SectionTables.SERVER);
    server.put("properties", properties);
    return server;
  }

  private static Map<String, Object> workerFiles() {
    Map<String, Object> roots = ordered("type", "object");
    roots.put(
        "description", "What stands below each path that workers name: a disk, or disk:prefix.");
    roots.put("additionalProperties", ordered("type", "string"));
    Map<String, Object> properties = properties(SectionTables.WORKER_FILES);
    properties.put("roots", roots);
    Map<String, Object> section = table(SectionTables.WORKER_FILES);
    section.put("required", List.of("roots", "results"));
    section.put("properties", properties);
    return section;
  }

  private static Map<String, Object> named(Map<String, Object> value) {
    Map<String, Object> named =
        ordered("type", "object", "propertyNames", Map.of("pattern", DISK_NAME));
    named.put("additionalProperties", value);
    return named;
  }

  private static Map<String, Object> table(OptionTable table) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    List<String> required =
        table.all().stream().filter(Option::isRequired).map(Option::name).toList();
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("properties", properties(table));
    schema.put("additionalProperties", false);
    return schema;
  }

  private static Map<String, Object> properties(OptionTable table) {
    Map<String, Object> properties = new LinkedHashMap<>();
    table.all().forEach(option -> properties.put(option.name(), option(option)));
    return properties;
  }

  private static Map<String, Object> option(Option option) {
    Map<String, Object> schema = new LinkedHashMap<>();
    if (!description(option).isEmpty()) {
      schema.put("description", description(option));
    }
    schema.putAll(value(option));
    if (option.defaultText() != null) {
      schema.put("default", defaultOf(option, option.defaultText()));
    }
    if (option.isSecret()) {
      schema.put("writeOnly", true);
    }
    return schema;
  }

  private static String description(Option option) {
    boolean inText = option.type() == OptionType.DURATION || option.type() == OptionType.SIZE;
    if (!inText || option.minimum() == null) {
      return option.help();
    }
    String most = option.maximum() == null ? "" : ", at most " + option.maximum();
    return (option.help() + " At least " + option.minimum() + most + ".").strip();
  }

  private static Map<String, Object> value(Option option) {
    return switch (option.type()) {
      case TEXT, PATH -> ordered("type", "string", "minLength", option.isRequired() ? 1 : 0);
      case INTEGER -> orReference(integer(option));
      case BOOLEAN -> orReference(ordered("type", "boolean"));
      case DURATION -> orReference(pattern("^[0-9]{1,9}(ms|s|m|h|d)$"));
      case SIZE ->
          Map.of(
              "anyOf",
              List.of(
                  ordered("type", "integer", "minimum", 0),
                  pattern("^[0-9]{1,18}(B|kB|[KMGT]B|[KMGT]iB)?$"),
                  ref("reference")));
      case CHOICE -> orReference(ordered("enum", option.choices()));
      case URL -> orReference(pattern("^[Hh][Tt][Tt][Pp][Ss]?://[^@?#]+$"));
      case MODE -> orReference(pattern("^(0?[0-7]{3}|[0-7]{4})$"));
      case TEXT_LIST -> ordered("type", "array", "items", Map.of("type", "string"));
      case OBJECT -> option.table() == null ? Map.of() : table(option.table());
    };
  }

  private static Map<String, Object> integer(Option option) {
    Map<String, Object> integer = ordered("type", "integer");
    if (option.minimum() != null) {
      integer.put("minimum", Long.valueOf(option.minimum()));
    }
    if (option.maximum() != null) {
      integer.put("maximum", Long.valueOf(option.maximum()));
    }
    return integer;
  }

  private static Object defaultOf(Option option, String text) {
    return switch (option.type()) {
      case INTEGER -> Long.valueOf(text);
      case BOOLEAN -> Boolean.valueOf(text);
      case TEXT_LIST -> text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*"));
      default -> text;
    };
  }

  private static Map<String, Object> orReference(Map<String, Object> schema) {
    return Map.of("anyOf", List.of(schema, ref("reference")));
  }

  private static Map<String, Object> pattern(String regex) {
    return ordered("type", "string", "pattern", regex);
  }

  private static Map<String, Object> requires(String key) {
    return Map.of("required", List.of(key));
  }

  private static Map<String, Object> ref(String definition) {
    return Map.of("$ref", "#/$defs/" + definition);
  }

  private static Map<String, Object> ordered(String key, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }

  private static Map<String, Object> ordered(String a, Object first, String b, Object second) {
    Map<String, Object> map = ordered(a, first);
    map.put(b, second);
    return map;
  }
}
