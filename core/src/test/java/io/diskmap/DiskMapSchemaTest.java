package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.internal.json.JsonDocument;
import io.diskmap.spi.OptionTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DiskMapSchemaTest {

  @Test
  void the_schema_is_the_same_for_the_same_tables_in_any_order() {
    Map<String, OptionTable> sorted = new TreeMap<>(Tables.all());
    Map<String, OptionTable> reversed = new LinkedHashMap<>();
    new TreeMap<>(Tables.all()).descendingMap().forEach(reversed::put);

    assertThat(DiskMapSchema.generate(sorted))
        .isEqualTo(DiskMapSchema.generate(reversed))
        .isEqualTo(DiskMapSchema.generate(Tables.all()))
        .endsWith("}\n")
        .doesNotContain("\r");
  }

  @Test
  void every_option_of_every_driver_is_described_by_its_type() {
    Map<?, ?> schema = schema();

    assertThat(schema.get("$schema")).isEqualTo("https://json-schema.org/draft/2020-12/schema");
    Map<?, ?> definitions = (Map<?, ?>) schema.get("$defs");
    Tables.all()
        .forEach(
            (driver, table) -> {
              Map<?, ?> definition = (Map<?, ?>) definitions.get("driver-" + driver);
              assertThat(definition.get("additionalProperties")).isEqualTo(false);
              Map<?, ?> properties = (Map<?, ?>) definition.get("properties");
              assertThat(properties.keySet().containsAll(table.names())).isTrue();
              assertThat(properties.keySet().toArray()).contains("driver", "timeout", "cache");
            });
    Map<?, ?> sshfs = properties(definitions, "driver-sshfs");
    assertThat(sshfs.get("port"))
        .isEqualTo(
            Map.of(
                "anyOf",
                List.of(
                    Map.of("type", "integer", "minimum", 1L, "maximum", 65535L),
                    Map.of("$ref", "#/$defs/reference")),
                "default",
                22L));
    assertThat(properties(definitions, "driver-smb").get("password"))
        .isEqualTo(Map.of("type", "string", "minLength", 1L, "writeOnly", true));
  }

  @Test
  void the_schema_knows_every_section() {
    Map<?, ?> properties = (Map<?, ?>) schema().get("properties");

    assertThat(properties.keySet().toArray()).containsExactly(SectionTables.NAMES.toArray());
  }

  @Test
  void a_schema_without_drivers_is_a_schema() {
    assertThat(JsonDocument.parse(DiskMapSchema.generate(Map.of())).mistakes()).isEmpty();
  }

  private static Map<?, ?> schema() {
    JsonDocument document = JsonDocument.parse(DiskMapSchema.generate(Tables.all()));
    assertThat(document.mistakes()).isEmpty();
    return (Map<?, ?>) document.root().orElseThrow().toPlain();
  }

  private static Map<?, ?> properties(Map<?, ?> definitions, String name) {
    return (Map<?, ?>) ((Map<?, ?>) definitions.get(name)).get("properties");
  }
}
