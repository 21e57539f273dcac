package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code diskmap audit} over the store that role services keeps without any set-up. */
class AuditCommandTest {
  @TempDir Path directory;
  private CliRun services;
  private Path store;

  @BeforeEach
  void someOperations() throws Exception {
    Files.createDirectories(directory.resolve("nas/workspace"));
    store = directory.resolve("nas/.diskmap-audit");
    services =
        CliRun.of(directory.resolve("none.json"))
            .with("SERVER_ROLE", "services")
            .with("INTERNAL_API_KEY", Services.KEY)
            .with("NAS_WORKSPACE_PATH", directory.resolve("nas").toString());
    services.input("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(services.bare("cp", "-", "workspace:c/a.txt", "--user", "ann").code()).isZero();
    assertThat(services.bare("cat", "workspace:c/a.txt", "--user", "=cmd()").code()).isZero();
    assertThat(services.bare("rm", "workspace:c/a.txt", "--user", "eve").code()).isZero();
    assertThat(services.bare("cat", "workspace:c/a.txt", "--user", "eve").code())
        .isEqualTo(Exit.NOT_FOUND);
  }

  @Test
  void the_store_lies_beside_the_workspace_and_is_asked_in_three_formats() {
    assertThat(store.resolve("audit.mv.db")).exists();
    CliRun.Result table = services.bare("audit", "query", "--of", "ann", "--under", "c");
    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.lines().get(0)).startsWith("TIME").contains("OUTCOME").endsWith("FILE");
    assertThat(table.out()).contains("file_uploaded_via_stream").doesNotContain("eve");
    CliRun.Result csv =
        services.bare(
            "audit", "query", "--action", "file_downloaded_via_stream", "--format", "csv");
    assertThat(csv.lines()).hasSize(3);
    assertThat(csv.out()).contains(",'=cmd(),").contains("NOT_FOUND");
    CliRun.Result json =
        services.bare("audit", "query", "--outcome", "failed", "--from", "1h", "--format", "json");
    assertThat(json.lines()).hasSize(1).allMatch(l -> l.contains("\"error_kind\":\"NOT_FOUND\""));
    assertThat(services.bare("audit", "query", "--until", "2020-01-01").out()).isEmpty();
    assertThat(services.bare("audit", "query", "--action", "none").code()).isEqualTo(Exit.USAGE);
  }

  @Test
  void verify_names_the_first_broken_record() throws Exception {
    CliRun.Result whole = services.bare("audit", "verify");
    assertThat(whole.code()).as(whole.out()).isZero();
    assertThat(whole.out()).startsWith("intact: ");
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + store.resolve("audit") + ";USER=sa");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE audit_record SET audit_user='bob' WHERE audit_user='eve'");
    }
    CliRun.Result broken = services.bare("audit", "verify");
    assertThat(broken.code()).isEqualTo(Exit.FAILURE);
    assertThat(broken.out()).contains("first broken record: writer ").contains("record ");
    assertThat(services.bare("audit", "verify", "--json").out()).contains("\"intact\":false");
  }

  @Test
  void an_export_and_kept_heads_are_verified() throws Exception {
    Path export = directory.resolve("audit.ndjson");
    assertThat(services.bare("audit", "export", export.toString()).code()).isZero();
    assertThat(services.bare("audit", "export", export.toString()).code()).isEqualTo(Exit.USAGE);
    Path heads = directory.resolve("heads");
    Files.writeString(heads, services.bare("audit", "heads").out());
    assertThat(
            services
                .bare("audit", "verify", export.toString(), "--against", heads.toString())
                .code())
        .isZero();
    Files.writeString(export, Files.readString(export).replace("\"eve\"", "\"bob\""));
    assertThat(services.bare("audit", "verify", export.toString()).code()).isEqualTo(Exit.FAILURE);
    assertThat(services.bare("audit", "verify", "--against", export.toString()).code())
        .isEqualTo(Exit.USAGE);
  }

  @Test
  void retention_removes_what_is_old_and_the_rest_verifies() {
    assertThat(services.bare("audit", "retain", "--older-than", "1d").out()).contains("0 records");
    CliRun.Result dry = services.bare("audit", "retain", "--older-than", "0s", "--dry-run");
    assertThat(dry.out()).startsWith("would remove ").doesNotContain(" 0 records");
    assertThat(services.bare("audit", "retain", "--older-than", "0s").out()).startsWith("removed ");
    assertThat(services.bare("audit", "query").out()).isEmpty();
    assertThat(services.bare("audit", "verify").code()).isZero();
  }

  @Test
  void a_store_that_is_not_there_is_one_sentence() {
    CliRun.Result none =
        services.bare("audit", "verify", "--store", directory.resolve("none").toString());
    assertThat(none.code()).isEqualTo(Exit.FAILURE);
    assertThat(none.err()).contains("There is no audit store").contains("remedy: ");
    assertThat(services.bare("audit").code()).isEqualTo(Exit.USAGE);
  }

  @Test
  void off_keeps_no_store() throws Exception {
    Path other = directory.resolve("other");
    Files.createDirectories(other.resolve("workspace"));
    CliRun.Result saved =
        services
            .with("NAS_WORKSPACE_PATH", other.toString())
            .with("AUDIT_STORE", "off")
            .input(new byte[1])
            .bare("cp", "-", "workspace:x");
    assertThat(saved.code()).as(saved.err()).isZero();
    assertThat(other.resolve(".diskmap-audit")).doesNotExist();
  }
}
