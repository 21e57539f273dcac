package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong input gives one clear sentence with its kind and remedy, and touches nothing. */
class BadInputTest {
  @TempDir Path directory;
  private CliRun cli;

  @BeforeEach
  void open() throws IOException {
    cli = CliRun.twoDisks(directory);
  }

  private static void assertRefused(CliRun.Result result, int code, String... parts) {
    assertThat(result.code()).as(result.err()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    List<String> lines = result.err().lines().toList();
    assertThat(lines).allMatch(l -> l.startsWith("diskmap: ") || l.startsWith("remedy: "));
    assertThat(lines).last().asString().startsWith("remedy: ");
    assertThat(result.err()).contains(parts).doesNotContain("\tat ");
  }

  private CliRun map(String json) throws IOException {
    return CliRun.of(Files.writeString(directory.resolve("bad.json"), json));
  }

  @Test
  void an_unknown_key_names_disk_key_place_and_the_nearest() throws IOException {
    String json = "{\"disks\": {\"w\": {\"driver\": \"local\", \"roott\": \"/tmp\"}}}";
    assertRefused(map(json).run("ls", "w:"), Exit.USAGE, "\"w\"", "roott", "line 1", "\"root\"");
  }

  @Test
  void every_mistake_is_told_at_once() throws IOException {
    String json =
        """
        {"disks": {
          "w": {"driver": "local", "root": 7},
          "v": {"driver": "lokal", "root": "/tmp"},
          "u": {"driver": "local"}}}
        """;
    CliRun.Result result = map(json).run("config", "check");
    assertRefused(result, Exit.USAGE, "\"w\"", "\"v\"", "\"u\"", "line 2", "line 3", "line 4");
    assertThat(result.err().lines().filter(l -> l.startsWith("diskmap: CONFIGURATION: ")))
        .hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void a_map_that_is_no_json_or_not_there_says_so() throws IOException {
    assertRefused(map("{\"disks\": ").run("ls"), Exit.USAGE, "CONFIGURATION", "line 1");
    CliRun missing = CliRun.of(directory.resolve("nowhere.json"));
    assertRefused(missing.run("ls"), Exit.USAGE, "nowhere.json", "cannot be read");
  }

  @Test
  void without_any_configuration_it_says_what_to_give() {
    assertRefused(cli.bare("ls"), Exit.USAGE, "--config", "SERVER_ROLE");
  }

  @Test
  void a_map_that_cannot_be_read_says_why() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder.json"));
    assertRefused(CliRun.of(folder).run("ls"), Exit.USAGE, "folder.json", "cannot be read");
    Path binary = Files.write(directory.resolve("binary.json"), new byte[] {(byte) 0xC3, 0x28});
    assertRefused(CliRun.of(binary).run("ls"), Exit.USAGE, "binary.json", "UTF-8");
  }

  @Test
  void an_unknown_role_names_the_four() {
    CliRun.Result result = cli.with("SERVER_ROLE", "wbe").bare("ls");
    assertRefused(result, Exit.USAGE, "SERVER_ROLE must be web, services, worker or testing");
  }

  @Test
  void a_missing_key_in_role_web_is_the_fixed_sentence() {
    CliRun.Result result =
        cli.with("SERVER_ROLE", "web").with("SERVICES_URL", "http://127.0.0.1:9").bare("ls");
    assertRefused(result, Exit.USAGE, "INTERNAL_API_KEY required for web server role");
  }

  @Test
  void config_is_no_way_around_role_web() {
    assertRefused(cli.with("SERVER_ROLE", "web").run("ls", "a:"), Exit.USAGE, "SERVER_ROLE is web");
  }

  @Test
  void a_root_that_is_missing_a_file_or_unreadable_is_one_sentence() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "I am a file");
    for (Path root : List.of(directory.resolve("missing"), file)) {
      CliRun run = map("{\"disks\":{\"w\":{\"driver\":\"local\",\"root\":\"" + root + "\"}}}");
      CliRun.Result result = run.input(InputStream.nullInputStream()).run("cp", "-", "w:x");
      assertThat(result.code()).as(result.err()).isEqualTo(Exit.FAILURE);
      assertThat(result.err()).contains("root").doesNotContain("\tat ");
      assertThat(result.complaint()).hasSize(2);
    }
    assertThat(directory.resolve("missing")).doesNotExist();
    assertThat(file).hasContent("I am a file");
  }

  static Stream<String> hostileNames() {
    return Stream.of(
        "../x",
        "x/../../y",
        "/etc/passwd",
        "x//y",
        ".",
        "..",
        "x/./y",
        "x/",
        "c:\\x",
        "x\\y",
        "nul\u0000",
        "line\nbreak",
        "esc\u001b[31m",
        "\ud800lone",
        "\uf001mapped",
        ".diskmap",
        ".diskmap-upload/x",
        "x/.diskmapfoo",
        "a".repeat(256),
        "b/".repeat(600) + "c");
  }

  @ParameterizedTest
  @MethodSource("hostileNames")
  void a_hostile_name_is_refused_by_every_command(String name) throws IOException {
    Path source = Files.writeString(directory.resolve("source"), "1");
    String place = "a:" + name;
    List<String[]> commands =
        List.of(
            new String[] {"stat", place},
            new String[] {"cat", place},
            new String[] {"cp", place, "-"},
            new String[] {"mv", "a:x", place.endsWith("/") ? "a:./" : place},
            new String[] {"mv", place, "a:y"});
    for (String[] command : commands) {
      CliRun.Result result = cli.run(command);
      assertRefused(result, result.code(), "");
      assertThat(result.code()).isIn(Exit.USAGE, Exit.NOT_FOUND);
      assertThat(result.err()).doesNotContain("\u001b").doesNotContain("\u0000");
    }
    if (!name.endsWith("/")) {
      assertRefused(cli.run("cp", source.toString(), place), Exit.USAGE, "PATH_INVALID");
      assertRefused(cli.run("rm", place), Exit.USAGE, "PATH_INVALID");
      assertRefused(cli.run("rm", "-r", place), Exit.USAGE, "PATH_INVALID");
    }
    assertThat(cli.paths("a:")).isEmpty();
    assertThat(directory.resolve("x")).doesNotExist();
    assertThat(directory.resolve("y")).doesNotExist();
  }

  @Test
  void an_unknown_disk_names_those_of_the_map() {
    assertRefused(cli.run("ls", "c:"), Exit.NOT_FOUND, "NOT_FOUND", "'c'", "a, b, ro");
    assertRefused(cli.run("doctor", "c"), Exit.NOT_FOUND, "'c'", "a, b, ro");
  }

  @Test
  void a_missing_file_is_not_found_and_makes_nothing() {
    Path target = directory.resolve("never");
    assertRefused(cli.run("cp", "a:no", target.toString()), Exit.NOT_FOUND, "NOT_FOUND", "no");
    assertRefused(cli.run("cp", "a:no", "b:no"), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("cp", "-r", "a:no", target.toString()), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("mv", "a:no", "a:yes"), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("mv", "a:no", "b:yes"), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("cat", "a:no"), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("stat", "a:no"), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("ls", "a:no"), Exit.NOT_FOUND, "NOT_FOUND");
    assertRefused(cli.run("du", "a:no"), Exit.NOT_FOUND, "NOT_FOUND");
    assertThat(target).doesNotExist();
    assertThat(cli.paths("b:")).isEmpty();
  }

  @Test
  void a_local_source_that_is_missing_is_a_local_failure() {
    String missing = directory.resolve("missing").toString();
    assertRefused(cli.run("cp", missing, "a:x"), Exit.FAILURE, "LOCAL_IO", "does not exist");
    assertRefused(cli.run("cp", "-r", missing, "a:x"), Exit.FAILURE, "LOCAL_IO", "does not exist");
    assertThat(cli.paths("a:")).isEmpty();
  }

  @Test
  void a_read_only_disk_refuses_every_change() {
    cli.given("a:one", "1");
    assertRefused(cli.run("rm", "ro:one"), Exit.FAILURE, "READ_ONLY");
    assertRefused(cli.run("rm", "-r", "--all", "ro:"), Exit.FAILURE, "READ_ONLY");
    assertRefused(cli.run("mv", "ro:one", "ro:two"), Exit.FAILURE, "READ_ONLY");
    assertRefused(cli.run("cp", "a:one", "ro:two"), Exit.FAILURE, "READ_ONLY");
    assertRefused(cli.run("cleanup", "--all", "ro:"), Exit.FAILURE, "READ_ONLY");
    assertThat(cli.paths("a:")).containsExactly("one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ls --unknown",
        "frobnicate",
        "cp a:one",
        "cp x y",
        "cp - -",
        "cp -r - a:x",
        "cp -r a:x -",
        "cp - a:dir/",
        "rm one",
        "rm a:dir/",
        "rm --dry-run a:one",
        "stat nowhere",
        "cat",
        "cp --parallel 0 -r a:x b:x",
        "cp --content-type nonsense - a:x",
        "config",
        "config frob",
        "cp --progress loud - a:x",
        "help frobnicate",
        "health --timeout soon",
        "demo --large 0",
        "mv a:one ./two"
      })
  void wrong_usage_is_exit_2(String line) {
    assertRefused(cli.run(line.split(" ")), Exit.USAGE, "USAGE", "remedy: see ");
  }

  @Test
  void debug_adds_the_cause_and_its_place() {
    CliRun.Result result = cli.run("--debug", "stat", "a:no");
    assertThat(result.code()).isEqualTo(Exit.NOT_FOUND);
    assertThat(result.err()).contains("\tat io.diskmap.");
  }

  @Test
  void a_secret_is_in_no_answer() throws IOException {
    String json =
        """
        {"disks": {"w": {"driver": "remote-http", "url": "http://127.0.0.1:1",
          "api_key": "hush-hush-hush-hush-hush-hush-hush", "retries": 1}}}
        """;
    for (String[] command :
        new String[][] {
          {"config", "show"},
          {"config", "check"},
          {"ls", "w:"},
          {"--debug", "stat", "w:x"},
          {"doctor"},
          {"health"}
        }) {
      CliRun.Result result = map(json).run(command);
      assertThat(result.out() + result.err()).doesNotContain("hush");
    }
  }
}
