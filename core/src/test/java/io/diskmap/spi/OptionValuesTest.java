package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.DiskMapException;
import io.diskmap.DiskMapException.Problem;
import io.diskmap.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionValuesTest {
  private static final OptionTable TABLE =
      OptionTable.of(
          Option.text("name").required(),
          Option.text("region"),
          Option.integer("port").defaultTo(22).between(1, 65535),
          Option.flag("strict").defaultTo(true),
          Option.duration("keepalive").defaultTo("15s"),
          Option.size("rsize").defaultTo("1MiB"),
          Option.choice("recovery", "hard", "soft").defaultTo("hard"),
          Option.path("root"),
          Option.url("url"),
          Option.list("hosts"),
          Option.mode("file_mode").defaultTo("0640"),
          Option.secret("password"),
          Option.object("cache", Option.duration("metadata_ttl").defaultTo("0s")));

  private final Map<String, String> variables = new HashMap<>();

  @TempDir Path directory;

  @Test
  void defaults_hold_where_nothing_is_given() {
    OptionValues values = values(Map.of("name", "n"));

    assertThat(values.text("name")).isEqualTo("n");
    assertThat(values.optionalText("region")).isEmpty();
    assertThat(values.integer("port")).isEqualTo(22);
    assertThat(values.flag("strict")).isTrue();
    assertThat(values.duration("keepalive")).isEqualTo(Duration.ofSeconds(15));
    assertThat(values.size("rsize")).isEqualTo(1 << 20);
    assertThat(values.choice("recovery")).isEqualTo("hard");
    assertThat(values.optionalPath("root")).isEmpty();
    assertThat(values.has("url")).isFalse();
    assertThat(values.list("hosts")).isEmpty();
    assertThat(values.mode("file_mode")).isEqualTo(0640);
    assertThat(values.optionalSecret("password")).isEmpty();
    assertThat(values.object("cache").duration("metadata_ttl")).isZero();
  }

  @Test
  void given_values_have_their_types() {
    Map<String, Object> plain = new HashMap<>();
    plain.put("name", "n");
    plain.put("port", 2222);
    plain.put("strict", false);
    plain.put("keepalive", "250ms");
    plain.put("rsize", 65536);
    plain.put("recovery", "soft");
    plain.put("root", Path.of("/srv"));
    plain.put("url", URI.create("https://h:1"));
    plain.put("hosts", List.of("a", "b"));
    plain.put("file_mode", "0600");
    plain.put("password", "hunter2");
    plain.put("cache", Map.of("metadata_ttl", "1h"));

    OptionValues values = values(plain);

    assertThat(values.intValue("port")).isEqualTo(2222);
    assertThat(values.flag("strict")).isFalse();
    assertThat(values.duration("keepalive")).isEqualTo(Duration.ofMillis(250));
    assertThat(values.size("rsize")).isEqualTo(65536);
    assertThat(values.text("recovery")).isEqualTo("soft");
    assertThat(values.path("root")).isEqualTo(Path.of("/srv"));
    assertThat(values.url("url")).isEqualTo(URI.create("https://h:1"));
    assertThat(values.list("hosts")).containsExactly("a", "b");
    assertThat(values.mode("file_mode")).isEqualTo(0600);
    assertThat(values.secret("password").reveal()).isEqualTo("hunter2");
    assertThat(values.object("cache").duration("metadata_ttl")).isEqualTo(Duration.ofHours(1));
    assertThat(values.toString()).doesNotContain("hunter2");
  }

  @Test
  void references_inside_values_of_every_type_are_resolved() {
    variables.putAll(Map.of("P", "2222", "F", "false", "D", "1s", "S", "1KiB", "H", "h"));

    OptionValues values =
        values(
            Map.of(
                "name", "a-${env:H}",
                "port", "${env:P}",
                "strict", "${env:F}",
                "keepalive", "${env:D}",
                "rsize", "${env:S}",
                "url", "https://${env:H}:8001",
                "hosts", List.of("${env:H}1", "two")));

    assertThat(values.text("name")).isEqualTo("a-h");
    assertThat(values.integer("port")).isEqualTo(2222);
    assertThat(values.flag("strict")).isFalse();
    assertThat(values.duration("keepalive")).isEqualTo(Duration.ofSeconds(1));
    assertThat(values.size("rsize")).isEqualTo(1024);
    assertThat(values.url("url")).isEqualTo(URI.create("https://h:8001"));
    assertThat(values.list("hosts")).containsExactly("h1", "two");
  }

  @Test
  void a_secret_is_read_again_each_time() throws Exception {
    Path file = Files.writeString(directory.resolve("key"), "first\n");
    Secret secret =
        values(Map.of("name", "n", "password", "${file:" + file + "}")).secret("password");
    assertThat(secret.reveal()).isEqualTo("first");

    Files.writeString(file, "second\n");
    assertThat(secret.reveal()).isEqualTo("second");
    assertThat(secret).hasToString("***");

    Files.delete(file);
    assertThatThrownBy(secret::reveal)
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("file " + file + " cannot be read: there is no such file");
  }

  @Test
  void a_missing_or_empty_secret_is_named_and_never_shown() {
    variables.put("EMPTY", "");

    assertThat(problems(Map.of("name", "n", "password", "${env:NOPE}")))
        .containsExactly("environment variable NOPE is not set");
    assertThat(problems(Map.of("name", "n", "password", "${env:EMPTY}")))
        .containsExactly("the secret is empty: ${env:EMPTY} holds nothing");
    assertThat(problems(Map.of("name", "n", "password", "hunter2${")))
        .allSatisfy(message -> assertThat(message).doesNotContain("hunter2"));
    assertThat(problems(Map.of("name", "n", "password", 4711)))
        .containsExactly("expected a text, as in \"text\", but found a number");
  }

  @Test
  void every_mistake_is_listed_at_once() {
    Map<String, Object> plain = new HashMap<>();
    plain.put("port", "22");
    plain.put("strict", "true");
    plain.put("keepalive", 15);
    plain.put("rsize", "big");
    plain.put("recovery", "hrd");
    plain.put("root", "");
    plain.put("url", "hunter2");
    plain.put("hosts", "one");
    plain.put("file_mode", 640);
    plain.put("password", null);
    plain.put("cache", Map.of("metadata_tl", "1h"));
    plain.put("prot", 1);

    assertThat(problems(plain))
        .containsExactlyInAnyOrder(
            "missing; expected a text, as in \"text\"",
            "expected a whole number, as in 22, but found a text in quotes",
            "expected true or false, as in true, but found a text in quotes",
            "expected a duration with its unit, as in \"30s\", but found a number",
            "expected a size in bytes or with a unit, as in \"8MiB\"",
            "expected one of hard, soft; did you mean hard?",
            "the path is empty",
            "expected an http or https URL, as in \"https://host:8001\"",
            "expected a list of texts, as in [\"one\", \"two\"], but found a text in quotes",
            "expected permission bits in octal digits, as in \"0640\", but found a number",
            "expected a text, as in \"text\", but found null",
            "unknown key; did you mean \"metadata_ttl\"?",
            "unknown key; did you mean \"port\"?");
  }

  @Test
  void a_mistake_of_the_program_is_told_as_such() {
    OptionValues values = values(Map.of("name", "n", "password", "hunter2"));

    assertThatThrownBy(() -> values.text("nmae")).hasMessage("there is no option nmae");
    assertThatThrownBy(() -> values.text("port")).hasMessage("option port is a whole number");
    assertThatThrownBy(() -> values.text("password")).hasMessage("option password is a secret");
    assertThatThrownBy(() -> values.secret("name")).hasMessage("option name is a text");
    assertThatThrownBy(() -> values.path("root")).hasMessageContaining("option root is absent");
    assertThatThrownBy(() -> values.object("name")).hasMessageContaining("no options inside");
  }

  @Test
  void a_required_text_is_not_blank_behind_its_reference_either() {
    variables.put("BLANK", " ");

    assertThat(problems(Map.of("name", "${env:BLANK}"))).containsExactly("the value is empty");
    assertThat(problems(Map.of("name", ""))).containsExactly("the value is empty");
  }

  @Test
  void common_options_have_types_and_defaults() {
    CommonOptions common =
        CommonOptions.of(OptionValues.of(CommonOptions.TABLE, Map.of("driver", "memory")));

    assertThat(common.readOnly()).isFalse();
    assertThat(common.allowPlaintext()).isFalse();
    assertThat(common.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(common.stallTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(common.durability()).isEmpty();
    assertThat(common.showPaths()).isFalse();
    assertThat(common.recordChecksum()).isFalse();
    assertThat(common.retries()).isEqualTo(4);
    assertThat(common.metadataTtl()).isZero();
  }

  private OptionValues values(Map<String, ?> plain) {
    return OptionValues.of(TABLE, plain, variables::get);
  }

  private List<String> problems(Map<String, ?> plain) {
    try {
      values(plain);
      return List.of();
    } catch (DiskMapException refused) {
      assertThat(refused.getMessage()).doesNotContain("hunter2");
      return refused.problems().stream().map(Problem::message).toList();
    }
  }
}
