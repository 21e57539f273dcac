package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.diskmap.AuditSection.OnFailure;
import io.diskmap.DiskMapException.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskMapSectionsTest {
  private final Map<String, String> variables = new HashMap<>();

  @TempDir Path directory;

  @Test
  void a_map_without_sections_has_none() {
    DiskMap map = map("");

    assertThat(map.server()).isEmpty();
    assertThat(map.web()).isEmpty();
    assertThat(map.audit()).isEmpty();
    assertThat(map.cleanup()).isEmpty();
  }

  @Test
  void the_server_section_gives_address_certificate_and_keys() throws Exception {
    Path k1 = Files.writeString(directory.resolve("k1"), "newer\n");
    DiskMap map =
        map(
            """
            "server": { "listen": "0.0.0.0:8001", "tls": { "cert": "/c.pem", "key": "/k.pem" },
              "keys": {
                "web": { "key": "${file:%s}", "previous": "older", "disks": ["workspace"],
                         "prefixes": ["a/b"], "read_only": true, "may_name_users": true },
                "all": { "key": "k2" } } }
            """
                .formatted(k1));

    ServerSection server = map.server().orElseThrow();

    assertThat(server.listen().getHostString()).isEqualTo("0.0.0.0");
    assertThat(server.listen().getPort()).isEqualTo(8001);
    assertThat(server.listen().isUnresolved()).isTrue();
    assertThat(server.tls()).contains(new ServerSection.Tls(Path.of("/c.pem"), Path.of("/k.pem")));
    assertThat(server.keys().keySet()).containsExactly("web", "all");
    ServerSection.Key web = server.keys().get("web");
    assertThat(web.key().reveal()).isEqualTo("newer");
    assertThat(web.previous().orElseThrow().reveal()).isEqualTo("older");
    assertThat(web.readOnly()).isTrue();
    assertThat(web.mayNameUsers()).isTrue();
    assertThat(web.opens("workspace")).isTrue();
    assertThat(web.opens("other")).isFalse();
    assertThat(web.opens(StoragePath.of("a/b"))).isTrue();
    assertThat(web.opens(StoragePath.of("a/b/c"))).isTrue();
    assertThat(web.opens(StoragePath.of("a/bc"))).isFalse();
    assertThat(web.opens(StoragePath.of("a"))).isFalse();
    assertThat(web.opens(StoragePath.root())).isFalse();
    ServerSection.Key all = server.keys().get("all");
    assertThat(all.opens("other")).isTrue();
    assertThat(all.opens(StoragePath.root())).isTrue();
    assertThat(all.readOnly()).isFalse();
    assertThat(all.mayNameUsers()).isFalse();
    assertThat(server.toString()).doesNotContain("newer", "older", "k2");
  }

  @Test
  void a_server_listens_on_loopback_without_certificate_by_default() {
    ServerSection server = map("\"server\": {}").server().orElseThrow();

    assertThat(server.listen().getHostString()).isEqualTo("127.0.0.1");
    assertThat(server.listen().getPort()).isEqualTo(8001);
    assertThat(server.tls()).isEmpty();
    assertThat(server.keys()).isEmpty();
    assertThat(map("\"server\": {\"listen\": \"[::1]:0\"}").server().orElseThrow().listen())
        .extracting(a -> a.getHostString() + " " + a.getPort())
        .isEqualTo("::1 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"listen\": \"8001\"} | server.listen | expected a host and a port",
        "{\"listen\": \"h:99999\"} | server.listen | expected a host and a port",
        "{\"listen\": \"http://h:1\"} | server.listen | expected a host and a port",
        "{\"listen\": \"::1:8001\"} | server.listen | expected a host and a port",
        "{\"listn\": \"h:1\"} | server.listn | did you mean \"listen\"?",
        "{\"kyes\": {}} | server.kyes | did you mean \"keys\"?",
        "{\"tls\": {\"cert\": \"/c\"}} | server.tls.key | missing",
        "{\"keys\": []} | server.keys | expected an object, but found a list",
        "{\"keys\": {\"a\": \"x\"}} | server.keys.a | expected an object, but found a text",
        "{\"keys\": {\"a\": {}}} | server.keys.a.key | missing",
        "{\"keys\": {\"a\": {\"key\": \"\"}}} | server.keys.a.key | the secret is empty",
        "{\"keys\": {\"a b\": {\"key\": \"k\"}}} | server.keys.a b | the id of a key",
        "{\"keys\": {\"a\": {\"key\": \"k\", \"disks\": []}}} | server.keys.a.disks | is empty",
        "{\"keys\": {\"a\": {\"key\": \"k\", \"prefixes\": []}}} | server.keys.a.prefixes | is"
            + " empty",
        "{\"keys\": {\"a\": {\"key\": \"k\", \"prefixes\": [\"a/\"]}}} | server.keys.a.prefixes |"
            + " no prefix",
      })
  void a_mistake_in_the_server_section_is_found_when_the_map_is_read(
      String section, String key, String message) {
    assertThat(map("\"server\": " + section).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo(key);
              assertThat(problem.message()).contains(message);
              assertThat(problem.line()).isEqualTo(1);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "one,two,three | expected one key, or two",
        "with space | visible ASCII characters",
        "ümlaut | visible ASCII characters",
        "test-key-123 | the key of the examples is refused",
        "other,test-key-123 | the key of the examples is refused",
      })
  void a_key_that_cannot_be_used_is_refused_where_the_server_is_public(String key, String message) {
    variables.put("K", key);
    DiskMap map =
        map("\"server\": {\"listen\": \"0.0.0.0:1\", \"keys\": {\"a\": {\"key\": \"${env:K}\"}}}");

    assertThatThrownBy(map::server)
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("server.keys.a.key")
        .hasMessageContaining(message);
  }

  @Test
  void the_key_of_the_examples_is_taken_on_loopback() {
    DiskMap map = map("\"server\": {\"keys\": {\"a\": {\"key\": \"test-key-123\"}}}");

    assertThat(map.server().orElseThrow().keys()).containsOnlyKeys("a");
  }

  @Test
  void one_key_under_two_ids_is_refused() {
    DiskMap map =
        map("\"server\": {\"keys\": {\"a\": {\"key\": \"k\"}, \"b\": {\"key\": \"x,k\"}}}");

    assertThatThrownBy(map::server)
        .hasMessageContaining("server.keys.b.key")
        .hasMessageContaining("the same key stands under \"a\" too");
  }

  @Test
  void a_secret_of_the_server_that_is_missing_fails_only_when_the_section_is_read() {
    DiskMap map = map("\"server\": {\"keys\": {\"a\": {\"key\": \"${env:NOPE}\"}}}");

    map.validate(Tables.all());
    assertThatThrownBy(map::server).hasMessageContaining("environment variable NOPE is not set");
  }

  @Test
  void the_web_and_audit_sections_give_their_values() {
    DiskMap map =
        map(
            "\"web\": {\"disks\": [\"workspace\"], \"ca_file\": \"/ca\","
                + " \"allow_plaintext\": true}, \"audit\": {\"jdbc_url\": \"jdbc:h2:x;PASSWORD=p\","
                + " \"on_failure\": \"spool\", \"require_user\": true}");

    assertThat(map.web())
        .contains(new WebSection(List.of("workspace"), Optional.of(Path.of("/ca")), true));
    AuditSection audit = map.audit().orElseThrow();
    assertThat(audit.jdbcUrl().orElseThrow().reveal()).isEqualTo("jdbc:h2:x;PASSWORD=p");
    assertThat(audit.store()).isEmpty();
    assertThat(audit.onFailure()).isEqualTo(OnFailure.SPOOL);
    assertThat(audit.requireUser()).isTrue();
    AuditSection byDefault = map("\"audit\": {\"store\": \"/audit\"}").audit().orElseThrow();
    assertThat(byDefault.onFailure()).isEqualTo(OnFailure.REFUSE);
    assertThat(byDefault.requireUser()).isFalse();
    assertThat(byDefault.store().orElseThrow().reveal()).isEqualTo("/audit");
  }

  @Test
  void the_cleanup_section_gives_its_rules() {
    DiskMap map = map("\"cleanup\": {\"workspace\": {\"prefixes\": [\"a\", \"b/c\"]}}");

    assertThat(map.cleanup().orElseThrow().rules())
        .isEqualTo(
            Map.of(
                "workspace",
                new CleanupSection.Rule(
                    List.of("a", "b/c"), Duration.ofHours(4), Duration.ofMinutes(15))));
  }

  @Test
  void the_sections_of_remote_workers_and_of_the_catalogue_are_read() throws StorageException {
    DiskMap map =
        map(
            "\"worker_files\": {\"roots\": {\"/mnt/v\": \"workspace:v\", \"/mnt/v/w\": \"shut\"},"
                + " \"results\": \"workspace\"}, \"catalogue\": {\"disk\": \"workspace\","
                + " \"store\": \"jdbc:h2:x;PASSWORD=p\", \"max_bytes\": \"1KiB\"}");

    assertThat(validated(map)).isEmpty();
    WorkerFilesSection files = map.workerFiles().orElseThrow();
    assertThat(files.find("/mnt/v/a/b").orElseThrow().getKey())
        .isEqualTo(new WorkerFilesSection.Place("workspace", StoragePath.of("v")));
    assertThat(files.find("/mnt/v/w/x").orElseThrow().getKey().disk()).isEqualTo("shut");
    assertThat(files.find("/mnt/v/w/x").orElseThrow().getValue()).isEqualTo("x");
    assertThat(files.find("/mnt/v")).isEmpty();
    assertThat(files.find("/mnt/vv/x")).isEmpty();
    CatalogueSection catalogue = map.catalogue().orElseThrow();
    assertThat(catalogue.prefix()).isEqualTo("tasks");
    assertThat(catalogue.maxBytes()).isEqualTo(1024);
    assertThat(catalogue.maxFiles()).isEqualTo(Long.MAX_VALUE);
    assertThat(map.redacted()).doesNotContain("PASSWORD");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"worker_files\": {\"results\": \"workspace\"} | worker_files.roots | missing",
        "\"worker_files\": {\"roots\": {\"/a/../b\": \"workspace\"}, \"results\": \"workspace\"} |"
            + " worker_files.roots./a/../b | no path",
        "\"worker_files\": {\"roots\": {\"/\": \"workspace\"}, \"results\": \"workspace\"} |"
            + " worker_files.roots./ | no path",
        "\"worker_files\": {\"roots\": {\"/a\": \"nope\"}, \"results\": \"workspace\"} |"
            + " worker_files.roots./a | there is no disk",
        "\"worker_files\": {\"roots\": {\"/a\": \"workspace:../x\"}, \"results\": \"workspace\"} |"
            + " worker_files.roots./a | disk:prefix",
        "\"catalogue\": {\"disk\": \"nope\", \"store\": \"x\"} | catalogue.disk | there is no disk",
        "\"catalogue\": {\"disk\": \"workspace\"} | catalogue.store | missing",
        "\"catalogue\": {\"disk\": \"shut\", \"store\": \"x\"} | catalogue.disk | is read-only",
        "\"worker_files\": {\"roots\": {\"/a\": \"shut\"}, \"results\": \"shut:r\"} |"
            + " worker_files.results | is read-only",
      })
  void a_mistake_in_them_is_named(String section, String key, String message) {
    assertThat(validated(map(section)))
        .anySatisfy(
            problem -> {
              assertThat(problem.key()).isEqualTo(key);
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void a_rule_says_what_stays_and_how_much_goes_at_once() {
    DiskMap map =
        map(
            "\"cleanup\": {\"workspace\": {\"prefixes\": [\"a\"], \"keep\": [\"a/**/k\"],"
                + " \"max_deletions\": 100, \"lease\": \"l/c\"}}");

    CleanupSection.Rule rule = map.cleanup().orElseThrow().rules().get("workspace");
    assertThat(rule.options())
        .isEqualTo(CleanupOptions.defaults().withKeep(List.of("a/**/k")).withMaxDeletions(100));
    assertThat(rule.lease()).contains("l/c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"workspace\": {\"older_than\": \"4h\"}} | cleanup.workspace.prefixes | missing",
        "{\"workspace\": {\"prefixes\": []}} | cleanup.workspace.prefixes | is empty",
        "{\"workspace\": {\"prefixes\": [\"\"]}} | cleanup.workspace.prefixes | the whole disk",
        "{\"workspace\": {\"prefixes\": [\"a\", \"../b\"]}} | cleanup.workspace.prefixes | no"
            + " prefix",
        "{\"workspace\": {\"prefixes\": [\"a\"], \"every\": \"0s\"}} | cleanup.workspace.every |"
            + " between 1s",
        "{\"workspace\": {\"prefixes\": [\"a\"], \"keep\": [\"/k\"]}} | cleanup.workspace.keep |"
            + " pattern of paths",
        "{\"workspace\": {\"prefixes\": [\"a\"], \"lease\": \"../l\"}} | cleanup.workspace.lease |"
            + " no path",
        "{\"workspace\": {\"prefixes\": [\"a\"], \"max_deletions\": 0}} |"
            + " cleanup.workspace.max_deletions | between 1",
        "{\"workspace\": 4} | cleanup.workspace | expected an object",
        "{\"nope\": {\"prefixes\": [\"a\"]}} | cleanup.nope | there is no disk",
        "{\"shut\": {\"prefixes\": [\"a\"]}} | cleanup.shut | is read-only",
      })
  void a_cleanup_that_could_do_harm_is_a_mistake(String section, String key, String message) {
    DiskMap map = map("\"cleanup\": " + section);

    assertThat(validated(map))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo(key);
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void sections_name_disks_that_there_are() {
    DiskMap map =
        map(
            "\"web\": {\"disks\": [\"workspcae\"]},"
                + " \"server\": {\"keys\": {\"a\": {\"key\": \"k\", \"disks\": [\"x\"]}}}");

    assertThat(validated(map))
        .extracting(Problem::key, Problem::message)
        .containsExactlyInAnyOrder(
            tuple("web.disks", "there is no disk \"workspcae\"; did you mean \"workspace\"?"),
            tuple("server.keys.a.disks", "there is no disk \"x\"; the disks are workspace, shut"));
  }

  @Test
  void store_and_database_together_are_a_mistake() {
    assertThat(map("\"audit\": {\"store\": \"/a\", \"jdbc_url\": \"jdbc:x\"}").problems())
        .extracting(Problem::message)
        .containsExactly("give either store or jdbc_url");
  }

  @Test
  void a_section_of_a_map_with_mistakes_is_not_given() {
    DiskMap map = map("\"web\": {}, \"webb\": {}");

    assertThatThrownBy(map::web)
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("did you mean \"web\"?");
  }

  @Test
  void a_rule_in_a_program_needs_its_prefixes_too() {
    assertThatThrownBy(
            () -> new CleanupSection.Rule(List.of(), Duration.ofHours(4), Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new CleanupSection.Rule(List.of(""), Duration.ofHours(4), Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private DiskMap map(String sections) {
    String disks =
        "{\"disks\": {\"workspace\": {\"driver\": \"memory\"},"
            + " \"shut\": {\"driver\": \"memory\", \"read_only\": true}}";
    return DiskMap.parse(
        disks + (sections.isEmpty() ? "" : ", ") + sections.replace("\n", " ") + "}",
        variables::get);
  }

  private static List<Problem> validated(DiskMap map) {
    try {
      map.validate(Tables.all());
      return List.of();
    } catch (DiskMapException refused) {
      return refused.problems();
    }
  }
}
