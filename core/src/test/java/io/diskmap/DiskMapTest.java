package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.DiskMapException.Problem;
import io.diskmap.spi.CommonOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskMapTest {
  private static final String DESIGN =
      """
      { "disks": {
        "workspace": { "driver": "local", "root": "/mnt/nas/workspace" },
        "archive":   { "driver": "s3", "bucket": "workspace", "endpoint": "https://s3.amazonaws.com",
                       "access_key": "${env:S3_ACCESS_KEY}", "secret_key": "${env:S3_SECRET_KEY}" },
        "models":    { "driver": "sshfs", "host": "main-server", "port": 2222, "username": "ocr",
                       "identity_file": "~/.ssh/id_ed25519", "known_hosts": "~/.ssh/known_hosts",
                       "root": "/models", "read_only": true, "keepalive": "15s",
                       "cache": { "metadata_ttl": "1h" } },
        "videos":    { "driver": "nfs", "host": "nas", "export": "/videos", "rsize": "1MiB",
                       "wsize": "1MiB", "recovery": "hard", "allow_plaintext": true },
        "office":    { "driver": "smb", "host": "files", "share": "data", "username": "svc",
                       "password": "${file:@SMB@}", "encryption": "required" },
        "scans":     { "view_of": "models", "prefix": "scans", "read_only": true },
        "main":      { "driver": "remote-http", "url": "https://services:8001",
                       "api_key": "${env:INTERNAL_API_KEY}", "disk": "workspace" } },
        "web":     { "disks": ["workspace"], "ca_file": "/ca.pem", "allow_plaintext": false },
        "cleanup": { "workspace": { "prefixes": ["upload_prechecks"], "older_than": "4h",
                                    "every": "15m" } }
      }
      """;

  private final Map<String, String> variables =
      new HashMap<>(
          Map.of("S3_ACCESS_KEY", "ak", "S3_SECRET_KEY", "sk", "INTERNAL_API_KEY", "new,old"));

  @TempDir Path directory;

  @Test
  void the_map_of_the_design_is_right_and_gives_its_values() throws Exception {
    Path smb = Files.writeString(directory.resolve("smb"), "hunter2\n");
    DiskMap map = DiskMap.parse(DESIGN.replace("@SMB@", smb.toString()), variables::get);

    List<DiskSpec> disks = map.resolve(Tables.all());

    assertThat(map.disks())
        .containsExactly("workspace", "archive", "models", "videos", "office", "scans", "main");
    assertThat(disks.stream().map(DiskSpec::name)).containsExactlyElementsOf(map.disks());
    DiskSpec workspace = disks.get(0);
    assertThat(workspace.driver()).isEqualTo("local");
    assertThat(workspace.options().path("root")).isEqualTo(Path.of("/mnt/nas/workspace"));
    DiskSpec models = disks.get(2);
    assertThat(models.readOnly()).isTrue();
    assertThat(models.options().duration("keepalive")).isEqualTo(Duration.ofSeconds(15));
    assertThat(CommonOptions.of(models.options()).metadataTtl()).isEqualTo(Duration.ofHours(1));
    assertThat(disks.get(4).options().secret("password").reveal()).isEqualTo("hunter2");
    DiskSpec scans = disks.get(5);
    assertThat(scans.viewOf()).contains("models");
    assertThat(scans.prefix()).isEqualTo("scans");
    assertThat(scans.driver()).isEqualTo("sshfs");
    assertThat(disks.get(6).options().secret("api_key").live()).containsExactly("new", "old");
  }

  @Test
  void every_mistake_is_reported_at_once_with_disk_key_nearest_key_and_position() {
    String json =
        """
        { "disks": {
          "models": { "driver": "sshfs", "host": "h", "prot": 2222, "username": "ocr",
                      "root": 7, "keepalive": "15" },
          "videos": { "driver": "nfs", "host": "nas",
                      "recovery": "harrd", "cache": { "metadata_tl": "1h" } },
          "other": { "driver": "ssfs" },
          "bad name": { "driver": "local", "root": "/x" },
          "none": { "drivr": "local", "root": "/x" },
          "number": 7
        },
        "audits": {},
        "cleanup": { "vidoes": { "prefixes": ["a"] } }
        }
        """;

    assertThat(problems(json))
        .extracting(p -> p.disk() + "|" + p.key() + "|" + p.line() + ":" + p.column())
        .containsExactly(
            "models|prot|2:47",
            "models|root|3:23",
            "models|keepalive|3:39",
            "videos|export|4:13",
            "videos|recovery|5:27",
            "videos|cache.metadata_tl|5:47",
            "other|driver|6:24",
            "bad name||7:3",
            "none|driver|8:3",
            "number||9:13",
            "|audits|11:1",
            "|cleanup.vidoes|12:14");
    assertThat(problems(json))
        .extracting(Problem::message)
        .contains(
            "unknown key; did you mean \"port\"?",
            "expected a text, as in \"text\", but found a number",
            "expected a duration with its unit, as in \"30s\"",
            "missing; expected a text, as in \"text\"",
            "expected one of hard, soft; did you mean hard?",
            "unknown key; did you mean \"metadata_ttl\"?",
            "there is no driver \"ssfs\"; did you mean \"sshfs\"?",
            "missing; did you mean it by \"drivr\"?",
            "expected an object, but found a number",
            "unknown key; did you mean \"audit\"?",
            "there is no disk \"vidoes\"; did you mean \"videos\"?");
  }

  @Test
  void the_message_is_readable_text() {
    DiskMap map = DiskMap.parse("{\"disks\": {\"w\": {\"driver\": \"local\", \"rot\": \"/x\"}}}");

    assertThatThrownBy(() -> map.validate(Tables.all()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            2 problems:
              line 1, column 17: disk "w", key "root": missing; expected a path, as in "/srv/data"
              line 1, column 37: disk "w", key "rot": unknown key; did you mean "root"?\
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "remote-http", "sshfs", "nfs", "s3", "smb"})
  void a_driver_that_is_not_on_the_class_path_names_its_artifact(String driver) {
    DiskMap map = DiskMap.builder().disk("d", driver, Map.of()).build();

    assertThatThrownBy(() -> map.validate(Map.of()))
        .hasMessageContaining("not on the class path: add io.diskmap:diskmap-driver-" + driver);
  }

  @Test
  void a_text_that_is_no_json_fails_at_once_with_its_place() {
    DiskMapException refused =
        catchThrowableOfType(
            DiskMapException.class,
            () -> DiskMap.parse("{\"disks\": {\"w\": {\"hosts\": [hunter2]}}}"));

    assertThat(refused.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.disk()).isEqualTo("w");
              assertThat(problem.key()).isEqualTo("hosts");
              assertThat(problem.line()).isEqualTo(1);
            });
    assertThat(refused).hasMessageNotContaining("hunter2");
  }

  @Test
  void a_text_that_is_no_object_or_has_no_disks_is_named() {
    assertThatThrownBy(() -> DiskMap.parse("[]")).hasMessageContaining("but this is a list");
    assertThat(problems("{}"))
        .containsExactly(
            new Problem("", "disks", 1, 1, "missing; a disk map names its disks here"));
    assertThat(problems("{\"disks\": []}"))
        .extracting(Problem::message)
        .containsExactly("expected an object, but found a list");
    assertThat(problems("{\"disks\": {}}")).isEmpty();
  }

  @Test
  void keys_that_stand_twice_are_mistakes_beside_the_others() {
    String json =
        """
        {"disks": {"w": {"driver": "memory", "timeout": "1s", "timeout": "2s", "rootx": 1},
                   "w": {"driver": "memory"}}}
        """;

    assertThat(problems(json))
        .extracting(p -> p.disk() + "|" + p.key() + "|" + p.message())
        .containsExactly(
            "w|timeout|the key stands twice, first in line 1",
            "w|rootx|unknown key; known keys are " + String.join(", ", CommonOptions.TABLE.names()),
            "w||the key stands twice, first in line 1");
  }

  @Test
  void limits_are_named() {
    String json =
        "{\"disks\": {\"w\": {\"driver\": \"sshfs\", \"host\": \"h\", \"username\": \"u\","
            + " \"root\": \"/\", \"port\": 70000, \"timeout\": \"1ms\", \"retries\": 0.5}}}";

    assertThat(problems(json))
        .extracting(Problem::message)
        .containsExactlyInAnyOrder(
            "expected between 1 and 65535",
            "expected between 10ms and 1d",
            "expected a whole number, as in 22, but found a number");
  }

  @Test
  void missing_variables_and_files_are_reported_together_with_the_rest() {
    String json =
        "{\"disks\": {\"a\": {\"driver\": \"local\", \"root\": \"${env:ROOT}/x\"},"
            + " \"o\": {\"driver\": \"smb\", \"host\": \"h\", \"share\": \"s\","
            + " \"username\": \"u\", \"password\": \"${file:/nowhere/smb}\", \"x\": 1},"
            + " \"e\": {\"driver\": \"${env:DRIVER}\"}}}";

    assertThat(problems(json))
        .extracting(p -> p.disk() + "|" + p.key() + "|" + p.message())
        .contains(
            "a|root|environment variable ROOT is not set",
            "o|password|file /nowhere/smb cannot be read: there is no such file",
            "e|driver|environment variable DRIVER is not set")
        .hasSize(4);
  }

  @Test
  void the_driver_itself_can_come_from_a_variable() {
    variables.put("DRIVER", "memory");

    assertThat(problems("{\"disks\": {\"e\": {\"driver\": \"${env:DRIVER}\"}}}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"view_of\": \"nope\"} | there is no disk \"nope\"",
        "{\"view_of\": \"bsae\"} | did you mean \"base\"?",
        "{\"view_of\": \"v2\"} | disk \"v2\" is a view itself",
        "{\"view_of\": \"v\"} | disk \"v\" is a view itself",
        "{\"view_of\": \"base\", \"read_only\": false} | a view can only tighten",
        "{\"view_of\": \"base\", \"prefix\": \"../x\"} | this is no prefix",
        "{\"view_of\": \"base\", \"prefix\": \"/x\"} | this is no prefix",
        "{\"view_of\": \"base\", \"prefix\": \"${env:UP}\"} | The path begins with '/'",
        "{\"view_of\": \"base\", \"root\": \"x\"} | unknown key",
        "{\"view_of\": \"base\", \"driver\": \"local\"} | not both",
        "{\"view_of\": 7} | expected a text",
      })
  void a_view_that_cannot_be_is_a_mistake(String view, String message) {
    variables.put("UP", "/x");
    String json =
        "{\"disks\": {\"base\": {\"driver\": \"memory\", \"read_only\": true},"
            + " \"v2\": {\"view_of\": \"base\"}, \"v\": "
            + view
            + "}}";

    assertThat(problems(json))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.disk()).isEqualTo("v");
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void a_view_inherits_read_only_and_can_be_tighter() {
    DiskMap map =
        DiskMap.builder()
            .disk("open", "memory", Map.of())
            .disk("shut", "memory", Map.of("read_only", true))
            .view("a", "open", "x/y")
            .readOnlyView("b", "open", "x")
            .view("c", "shut", "")
            .build();

    assertThat(map.resolve(Tables.all()))
        .extracting(spec -> spec.name() + " " + spec.readOnly())
        .containsExactly("open false", "shut true", "a false", "b true", "c true");
  }

  @Test
  void a_view_of_a_disk_with_mistakes_adds_no_mistake_of_its_own() {
    String json =
        "{\"disks\": {\"a\": {\"driver\": \"nope-not\"}, \"b\": 7,"
            + " \"v\": {\"view_of\": \"a\"}, \"w\": {\"view_of\": \"b\"}}}";

    assertThat(problems(json)).extracting(Problem::disk).containsExactly("a", "b");
  }

  @Test
  void a_program_builds_the_same_map_without_positions() {
    DiskMap map =
        DiskMap.builder()
            .disk("workspace", "local", Map.of("root", "/x", "retries", 2))
            .disk("bad", "local", Map.of("roots", List.of(1)))
            .section("web", Map.of("disks", List.of("workspace")))
            .build();

    assertThat(map.web().orElseThrow().disks()).containsExactly("workspace");
    assertThatThrownBy(() -> map.validate(Tables.all()))
        .hasMessageContaining("disk \"bad\", key \"roots\": unknown key")
        .hasMessageNotContaining("line");
    assertThatThrownBy(() -> DiskMap.builder().disk("a", "x", Map.of()).view("a", "b", "c"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_file_is_read_and_a_file_that_cannot_be_is_named() throws Exception {
    Path file = Files.writeString(directory.resolve("map.json"), "{\"disks\": {}}");
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xFF, 1});
    Path large = Files.write(directory.resolve("large"), new byte[4 * 1024 * 1024 + 1]);

    assertThat(DiskMap.read(file).disks()).isEmpty();
    assertThatThrownBy(() -> DiskMap.read(directory.resolve("nope")))
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("nope cannot be read: there is no such file");
    assertThatThrownBy(() -> DiskMap.read(directory)).hasMessageContaining("it is a directory");
    assertThatThrownBy(() -> DiskMap.read(binary)).hasMessageContaining("no UTF-8 text");
    assertThatThrownBy(() -> DiskMap.read(large)).hasMessageContaining("larger than");
  }

  @Test
  void a_resolver_adds_a_scheme() {
    DiskMap map = DiskMap.builder().disk("d", "local", Map.of("root", "${vault:root}")).build();

    assertThatThrownBy(() -> map.validate(Tables.all()))
        .hasMessageContaining("no resolver knows ${vault:...}");
    DiskMap resolved = map.withResolver("vault", name -> "/" + name);
    assertThat(resolved.resolve(Tables.all()).get(0).options().path("root"))
        .isEqualTo(Path.of("/root"));
  }

  @Test
  void a_name_with_control_characters_stays_on_one_line_of_the_message() {
    String json = "{\"disks\": {\"a\\u0007\\n\\u202Eb\": {\"driver\": \"memory\"}}}";

    assertThat(problems(json)).extracting(Problem::disk).containsExactly("a???b");
  }

  private List<Problem> problems(String json) {
    DiskMap map = DiskMap.parse(json, variables::get);
    try {
      map.validate(Tables.all());
      return List.of();
    } catch (DiskMapException refused) {
      return refused.problems();
    }
  }
}
