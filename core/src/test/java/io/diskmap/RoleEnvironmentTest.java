package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.DiskMapException.Problem;
import io.diskmap.spi.OptionValues;
import java.net.URI;
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
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoleEnvironmentTest {
  private static final String MAP =
      """
      {"disks": {
        "workspace": {"driver": "local", "root": "/mnt/nas", "timeout": "5s"},
        "models": {"driver": "sshfs", "host": "h", "username": "u", "root": "/m",
                   "read_only": true, "cache": {"metadata_ttl": "1h"}},
        "scans": {"view_of": "models", "prefix": "scans"}}}
      """;

  private final Map<String, String> variables = new HashMap<>();

  @TempDir Path directory;

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "Web", "server", "web,services", "local"})
  void a_role_that_is_unset_or_unknown_ends_the_start(String role) {
    variables.put("SERVER_ROLE", role);
    variables.put("STORAGE_CONFIG", MAP);

    assertThatThrownBy(this::environment)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("SERVER_ROLE must be web, services, worker or testing");
  }

  @ParameterizedTest
  @CsvSource({"web,WEB", "services,SERVICES", "testing,TESTING", "worker,WORKER", "' web ',WEB"})
  void every_role_has_its_name(String text, ServerRole role) {
    assertThat(ServerRoleResolver.resolve(Map.of("SERVER_ROLE", text)::get)).isEqualTo(role);
    assertThat(ServerRole.fromText(role.text())).isEqualTo(role);
  }

  @Test
  void role_web_without_a_key_does_not_start() {
    web("https://services:8001", null);

    assertThatThrownBy(this::environment)
        .isInstanceOf(DiskMapException.class)
        .hasMessage("INTERNAL_API_KEY required for web server role");
  }

  @Test
  void role_web_reaches_every_disk_on_the_services_server_whatever_the_map_says() {
    web("https://services:8001", "new-key,old-key");
    variables.put("STORAGE_CONFIG", MAP);
    variables.put("SERVICES_CA_FILE", "/ca.pem");
    variables.put("NAS_WORKSPACE_PATH", "/mnt/nas");

    List<DiskSpec> disks = environment().diskMap().resolve(Tables.all());

    assertThat(disks).extracting(DiskSpec::name).containsExactly("workspace", "models", "scans");
    assertThat(disks)
        .allSatisfy(
            disk -> {
              OptionValues options = disk.options();
              assertThat(disk.driver()).isEqualTo("remote-http");
              assertThat(disk.viewOf()).isEmpty();
              assertThat(options.url("url")).isEqualTo(URI.create("https://services:8001"));
              assertThat(options.text("disk")).isEqualTo(disk.name());
              assertThat(options.secret("api_key").reveal()).isEqualTo("new-key");
              assertThat(options.path("ca_file")).isEqualTo(Path.of("/ca.pem"));
              assertThat(options.flag("allow_plaintext")).isFalse();
            });
    assertThat(disks).extracting(DiskSpec::readOnly).containsExactly(false, true, true);
    assertThat(disks.get(0).options().duration("timeout")).isEqualTo(Duration.ofSeconds(5));
    assertThat(disks.get(2).options().object("cache").duration("metadata_ttl"))
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void role_web_needs_no_map_and_no_secret_of_the_map() {
    web("https://services:8001", "k");
    assertThat(environment().diskMap().disks()).containsExactly("workspace");

    variables.put("WORKSPACE_STORAGE_DISK", "main");
    variables.put(
        "STORAGE_CONFIG",
        "{\"disks\": {\"office\": {\"driver\": \"unheard-of\", \"password\": \"${env:NOPE}\"}},"
            + " \"server\": {\"keys\": {\"a\": {\"key\": \"${env:NOPE}\"}}}}");
    RoleEnvironment environment = environment();

    environment.diskMap().validate(Tables.all());
    assertThat(environment.workspaceDisk()).isEqualTo("main");
    assertThat(environment.diskMap().disks()).containsExactly("office", "main");
    assertThat(environment.diskMap().server()).isEmpty();
  }

  @Test
  void a_map_of_the_program_becomes_remote_in_role_web_too() {
    web("https://services:8001", "k");
    variables.put("STORAGE_CONFIG", "{ not looked at");
    DiskMap own = DiskMap.builder().disk("mine", "local", Map.of("root", "/x")).build();

    RoleEnvironment environment = RoleEnvironment.of(variables::get, ServerRole.WEB, own);

    assertThat(environment.diskMap().resolve(Tables.all()))
        .extracting(disk -> disk.name() + " " + disk.driver())
        .containsExactly("mine remote-http", "workspace remote-http");
  }

  @Test
  void a_view_cannot_loosen_its_base_in_role_web_either() {
    web("https://services:8001", "k");
    variables.put(
        "STORAGE_CONFIG",
        MAP.replace("\"prefix\": \"scans\"", "\"prefix\": \"scans\", \"read_only\": false"));

    assertThat(environment().diskMap().resolve(Tables.all()).get(2).readOnly()).isTrue();
  }

  @Test
  void the_web_section_limits_the_disks_and_says_how_to_reach_them() {
    web("http://services:8001", "k");
    variables.put(
        "STORAGE_CONFIG",
        MAP.replace(
            "}}}",
            "}}, \"web\": {\"disks\": [\"models\"], \"ca_file\": \"/section.pem\","
                + " \"allow_plaintext\": true}}"));
    assertThat(variables.get("STORAGE_CONFIG")).contains("section.pem");

    List<DiskSpec> disks = environment().diskMap().resolve(Tables.all());

    assertThat(disks).extracting(DiskSpec::name).containsExactly("models");
    assertThat(disks.get(0).options().path("ca_file")).isEqualTo(Path.of("/section.pem"));
    assertThat(disks.get(0).options().flag("allow_plaintext")).isTrue();
  }

  @Test
  void a_disk_of_the_web_section_that_is_not_in_the_map_is_a_mistake() {
    web("https://services:8001", "k");
    variables.put("STORAGE_CONFIG", "{\"disks\": {}, \"web\": {\"disks\": [\"x\"]}}");

    assertThatThrownBy(this::environment)
        .hasMessageContaining("web.disks names \"x\", which is no disk of the map");
  }

  @ParameterizedTest
  @CsvSource({
    "http://services:8001,false",
    "http://10.0.0.1,false",
    "http://localhost:8001,true",
    "http://127.0.0.1:8001,true",
    "http://[::1]:8001,true",
    "https://services:8001,true"
  })
  void plain_http_beyond_this_machine_must_be_allowed(String url, boolean allowedByItself) {
    web(url, "k");
    if (allowedByItself) {
      assertThat(environment().diskMap().disks()).containsExactly("workspace");
    } else {
      assertThatThrownBy(this::environment).hasMessageContaining("SERVICES_ALLOW_PLAINTEXT=true");
    }

    variables.put("SERVICES_ALLOW_PLAINTEXT", "true");
    DiskSpec disk = environment().diskMap().resolve(Tables.all()).get(0);
    assertThat(disk.options().flag("allow_plaintext")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "services:8001,expected an http or https URL",
    "ftp://services,expected an http or https URL",
    "https://user:hunter2@services,no user or password",
    "https://services?a=hunter2,no query",
    "https://services#hunter2,no query and no fragment"
  })
  void a_services_url_that_is_none_is_refused_without_repeating_it(String url, String message) {
    web(url, "k");

    assertThatThrownBy(this::environment)
        .hasMessageContaining("SERVICES_URL: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void the_mistakes_of_all_variables_and_of_the_map_are_listed_at_once() {
    variables.put("SERVER_ROLE", "web");
    variables.put("SERVICES_ALLOW_PLAINTEXT", "yes");
    variables.put("WORKSPACE_STORAGE_DISK", "../x");
    variables.put("STORAGE_CONFIG", "{\"disks\": {\"w\": 7}}");

    DiskMapException refused = catchThrowableOfType(DiskMapException.class, this::environment);

    assertThat(refused.problems())
        .extracting(Problem::message)
        .containsExactly(
            "WORKSPACE_STORAGE_DISK must be the name of a disk",
            "INTERNAL_API_KEY required for web server role",
            "SERVICES_URL required for web server role",
            "SERVICES_ALLOW_PLAINTEXT: expected true or false, as in true",
            "expected an object, but found a number");
  }

  @Test
  void the_key_of_the_examples_is_for_this_machine_only() {
    web("https://services:8001", "test-key-123");
    assertThatThrownBy(this::environment).hasMessageContaining("the key of the examples");

    web("http://localhost:8001", "test-key-123");
    assertThat(environment().diskMap().disks()).containsExactly("workspace");

    variables.put("SERVER_ROLE", "services");
    variables.put("STORAGE_CONFIG", MAP);
    assertThat(environment().diskMap().server()).isPresent();

    variables.put("STORAGE_CONFIG", "{\"disks\": {}, \"server\": {\"listen\": \"0.0.0.0:8001\"}}");
    variables.put("NAS_WORKSPACE_PATH", "/mnt");
    assertThatThrownBy(() -> environment().diskMap().server())
        .hasMessageContaining("the key of the examples is refused beyond loopback");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b,c", "a b", ",", "schlüssel"})
  void a_key_that_cannot_be_one_is_refused_and_not_repeated(String key) {
    web("https://services:8001", key);

    assertThatThrownBy(this::environment)
        .isInstanceOf(DiskMapException.class)
        .hasMessageStartingWith("INTERNAL_API_KEY: ")
        .hasMessageNotContaining("schl");
  }

  @Test
  void a_key_file_is_read_again_when_it_changes() throws Exception {
    Path file = Files.writeString(directory.resolve("key"), "first\n");
    web("https://services:8001", null);
    variables.put("INTERNAL_API_KEY_FILE", file.toString());
    DiskMap map = environment().diskMap();
    Secret key = map.resolve(Tables.all()).get(0).options().secret("api_key");
    assertThat(key.reveal()).isEqualTo("first");

    Files.writeString(file, "second,first\n");
    assertThat(key.reveal()).isEqualTo("second");
    assertThat(map.toString()).doesNotContain("first", "second");

    Files.delete(file);
    assertThatThrownBy(key::reveal)
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("INTERNAL_API_KEY_FILE: file " + file + " cannot be read");
  }

  @Test
  void a_key_file_that_cannot_be_read_and_two_sources_of_a_key_are_refused() {
    web("https://services:8001", null);
    variables.put("INTERNAL_API_KEY_FILE", "/nowhere/key");
    assertThatThrownBy(this::environment)
        .hasMessage(
            "INTERNAL_API_KEY_FILE: file /nowhere/key cannot be read: there is no such file");

    variables.put("INTERNAL_API_KEY", "k");
    assertThatThrownBy(this::environment)
        .hasMessage("set either INTERNAL_API_KEY or INTERNAL_API_KEY_FILE, not both");
  }

  @ParameterizedTest
  @ValueSource(strings = {"services", "worker"})
  void services_and_worker_have_the_disks_as_mapped(String role) {
    variables.put("SERVER_ROLE", role);
    variables.put("STORAGE_CONFIG", MAP);
    variables.put("NAS_WORKSPACE_PATH", "/other");

    List<DiskSpec> disks = environment().diskMap().resolve(Tables.all());

    assertThat(disks).extracting(DiskSpec::driver).containsExactly("local", "sshfs", "sshfs");
    assertThat(disks.get(0).options().path("root")).isEqualTo(Path.of("/mnt/nas"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"services", "worker"})
  void a_workspace_that_is_not_mapped_is_below_the_nas_path(String role) {
    variables.put("SERVER_ROLE", role);
    variables.put("NAS_WORKSPACE_PATH", "/mnt/${nas}");

    DiskSpec workspace = environment().diskMap().resolve(Tables.all()).get(0);
    assertThat(workspace.name()).isEqualTo("workspace");
    assertThat(workspace.driver()).isEqualTo("local");
    assertThat(workspace.options().path("root")).isEqualTo(Path.of("/mnt/${nas}/workspace"));

    variables.put("WORKSPACE_STORAGE_DISK", "main");
    assertThat(environment().diskMap().disks()).containsExactly("main");
    variables.put("NAS_WORKSPACE_PATH", "relative");
    assertThatThrownBy(this::environment).hasMessage("NAS_WORKSPACE_PATH must be an absolute path");
    variables.remove("NAS_WORKSPACE_PATH");
    assertThatThrownBy(this::environment).hasMessageContaining("there is no disk");
  }

  @Test
  void the_map_can_stand_in_a_file() throws Exception {
    variables.put("SERVER_ROLE", "worker");
    variables.put(
        "STORAGE_CONFIG", Files.writeString(directory.resolve("map.json"), MAP).toString());
    assertThat(environment().diskMap().disks()).containsExactly("workspace", "models", "scans");

    variables.put("STORAGE_CONFIG", directory.resolve("nope.json").toString());
    assertThatThrownBy(this::environment)
        .hasMessageContaining("nope.json cannot be read: there is no such file");
    variables.put("STORAGE_CONFIG", "  {\"disks\": ");
    assertThatThrownBy(this::environment).hasMessageContaining("ends too early");
  }

  @Test
  void the_mistakes_of_the_map_are_left_to_its_validation() {
    variables.put("SERVER_ROLE", "worker");
    variables.put("STORAGE_CONFIG", "{\"disks\": {\"w\": {\"driver\": \"lcal\"}, \"x\": 7}}");

    DiskMap map = environment().diskMap();

    DiskMapException refused =
        catchThrowableOfType(DiskMapException.class, () -> map.validate(Tables.all()));
    assertThat(refused.problems()).extracting(Problem::disk).containsExactly("w", "x");
  }

  @Test
  void the_services_server_takes_the_keys_of_the_environment_where_the_map_gives_none() {
    variables.put("SERVER_ROLE", "services");
    variables.put("STORAGE_CONFIG", MAP);
    variables.put("INTERNAL_API_KEY", "new-key,old-key");

    ServerSection server = environment().diskMap().server().orElseThrow();
    assertThat(server.keys()).containsOnlyKeys("internal");
    ServerSection.Key key = server.keys().get("internal");
    assertThat(key.key().live()).containsExactly("new-key", "old-key");
    assertThat(key.opens("workspace")).isTrue();
    assertThat(key.mayNameUsers()).isTrue();

    variables.put(
        "STORAGE_CONFIG",
        "{\"disks\": {\"workspace\": {\"driver\": \"memory\"}},"
            + " \"server\": {\"listen\": \"h:1\", \"keys\": {\"a\": {\"key\": \"k\"}}}}");
    assertThat(environment().diskMap().server().orElseThrow().keys()).containsOnlyKeys("a");
  }

  @Test
  void the_audit_store_of_the_environment_is_the_one_of_the_services_role() {
    variables.put("SERVER_ROLE", "services");
    variables.put("AUDIT_STORE", "jdbc:h2:hunter2");
    variables.put(
        "STORAGE_CONFIG",
        "{\"disks\": {\"workspace\": {\"driver\": \"memory\"}},"
            + " \"audit\": {\"jdbc_url\": \"jdbc:x\", \"require_user\": true}}");

    DiskMap map = environment().diskMap();
    AuditSection audit = map.audit().orElseThrow();

    assertThat(audit.store().orElseThrow().reveal()).isEqualTo("jdbc:h2:hunter2");
    assertThat(audit.jdbcUrl()).isEmpty();
    assertThat(audit.requireUser()).isTrue();
    assertThat(map.toString()).doesNotContain("hunter2");
  }

  @Test
  void role_testing_keeps_every_disk_in_memory() {
    variables.put("SERVER_ROLE", "testing");
    variables.put("STORAGE_CONFIG", MAP);
    variables.put("WORKSPACE_STORAGE_DISK", "main");

    List<DiskSpec> disks = environment().diskMap().resolve(Tables.all());

    assertThat(disks)
        .extracting(disk -> disk.name() + " " + disk.driver() + " " + disk.readOnly())
        .containsExactly(
            "workspace memory false",
            "models memory true",
            "scans memory true",
            "main memory false");
    assertThat(disks.get(2).viewOf()).contains("models");
  }

  @Test
  void role_testing_keeps_every_disk_in_a_directory_of_its_own_when_one_is_given() {
    variables.put("SERVER_ROLE", "testing");
    variables.put("STORAGE_CONFIG", MAP);
    variables.put("STORAGE_TESTING_DIR", directory.resolve("t").toString());

    List<DiskSpec> disks = environment().diskMap().resolve(Tables.all());

    assertThat(disks.get(0).driver()).isEqualTo("local");
    assertThat(disks.get(0).options().path("root")).isEqualTo(directory.resolve("t/workspace"));
    assertThat(disks.get(1).options().path("root")).isEqualTo(directory.resolve("t/models"));
    assertThat(directory.resolve("t/workspace")).isDirectory();
    assertThat(directory.resolve("t/scans")).doesNotExist();
  }

  private void web(String url, String key) {
    variables.put("SERVER_ROLE", "web");
    variables.put("SERVICES_URL", url);
    variables.put("INTERNAL_API_KEY", key);
  }

  private RoleEnvironment environment() {
    return RoleEnvironment.of(variables::get);
  }
}
