package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsSamba;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Log-ins that are refused, protections that a server lacks, and sessions that die. */
@NeedsSamba
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmbLoginTest {
  private SmbDisks disks;

  @BeforeAll
  void start() throws Exception {
    disks = new SmbDisks();
  }

  @AfterAll
  void stop() throws IOException {
    disks.close();
  }

  private static StorageException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StorageException.class, call);
  }

  @Test
  void a_wrong_password_is_said_so_and_not_shown() {
    StorageException e = failure(() -> disks.open("\"password\":\"not this one\""));
    assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(e).hasMessageContaining("username, domain and password");
    assertThat(e.toString()).doesNotContain("not this one");
  }

  @Test
  void a_disabled_account_is_said_so() throws Exception {
    disks.server.disableAccount();
    try {
      StorageException e = failure(disks::open);
      assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
      assertThat(e).hasMessageContaining("disabled");
    } finally {
      disks.server.enableAccount();
    }
  }

  @Test
  void a_refused_password_is_not_sent_again_at_once() throws Exception {
    StorageException first = failure(() -> disks.open("\"username\":\"nobody-of-that-name\""));
    assertThat(first.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    Storage storage = disks.open();
    storage.exists("f");
    disks.server.disableAccount();
    try {
      disks.server.dropConnections();
      assertThat(failure(() -> storage.metadata("f")).kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
      long before = disks.proxy.accepted();
      for (int i = 0; i < 5; i++) {
        assertThat(failure(() -> storage.metadata("f")).kind())
            .isEqualTo(ErrorKind.UNAUTHENTICATED);
      }
      assertThat(disks.proxy.accepted()).isEqualTo(before);
    } finally {
      disks.server.enableAccount();
    }
  }

  @Test
  void a_missing_share_or_root_is_said_so() {
    assertThat(failure(() -> disks.open("\"share\":\"none\"")))
        .hasMessageContaining("no such share")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(failure(() -> disks.open("\"root\":\"missing/root\"")))
        .hasMessageContaining("create_root")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.NOT_FOUND);
  }

  @Test
  void a_root_that_is_a_file_is_refused() throws Exception {
    Files.writeString(disks.server.files().resolve("a-file"), "x");
    assertThat(failure(() -> disks.open("\"root\":\"a-file\"")).kind())
        .isEqualTo(ErrorKind.PATH_CONFLICT);
  }

  @Test
  void a_server_without_the_wanted_encryption_is_refused() {
    assertThat(failure(() -> disks.open("\"encryption\":\"required\"", "\"max_dialect\":\"2.1\"")))
        .hasMessageContaining("max_dialect")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNSUPPORTED);
  }

  @Test
  void messages_are_signed_the_fastest_way_that_the_server_knows() throws Exception {
    String[] signed = {"\"encryption\":\"off\""};
    assertThat(protection(disks.open(signed))).isEqualTo("signed AES-128-GMAC");
    assertThat(protection(disks.open("\"encryption\":\"off\"", "\"max_dialect\":\"3.0.2\"")))
        .isEqualTo("signed AES-128-CMAC");
    assertThat(protection(disks.open("\"encryption\":\"off\"", "\"max_dialect\":\"2.1\"")))
        .isEqualTo("signed HMAC-SHA256");
    try (SmbDisks older = new SmbDisks("server smb3 signing algorithms = AES-128-CMAC")) {
      Storage storage = older.open(signed);
      storage.save("f", Content.of("x"));
      assertThat(protection(storage)).isEqualTo("signed AES-128-CMAC");
    }
  }

  @Test
  void every_range_of_dialects_can_log_in() throws Exception {
    List<String> dialects = List.of("2.0.2", "2.1", "3.0", "3.0.2", "3.1.1");
    for (int from = 0; from < dialects.size(); from++) {
      for (int to = from; to < dialects.size(); to++) {
        Storage storage =
            disks.open(
                "\"min_dialect\":\"" + dialects.get(from) + '"',
                "\"max_dialect\":\"" + dialects.get(to) + '"');
        assertThat(storage.health().details().get("dialect")).isEqualTo(dialects.get(to));
      }
    }
  }

  private static String protection(Storage storage) {
    return storage.health().details().get("protection");
  }

  @Test
  void files_travel_in_the_clear_only_where_the_map_allows_it() {
    String elsewhere = "\"host\":\"files.example.org\"";
    assertThat(failure(() -> disks.open(elsewhere, "\"encryption\":\"off\"")))
        .hasMessageContaining("allow_plaintext")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNSUPPORTED);
  }

  @Test
  void a_download_goes_on_after_its_session_died() throws Exception {
    Storage storage = disks.open();
    SeededContent content = new SeededContent(1, 32L << 20);
    storage.save("long", Content.of(content.stream()));
    Eventually.holds(
        "the version tag is strong", () -> storage.metadata("long").versionTag().strong());
    try (Download in = storage.download("long")) {
      byte[] first = in.readNBytes(1 << 20);
      disks.server.dropConnections();
      byte[] rest = in.readAllBytes();
      assertThat((long) first.length + rest.length).isEqualTo(content.length());
    }
  }

  @Test
  void a_save_goes_on_after_the_server_was_killed_and_started_again() throws Exception {
    Storage storage = disks.open();
    SeededContent content = new SeededContent(2, 24L << 20);
    storage.save("f", Content.of("old"));
    java.io.InputStream source = content.stream();
    java.io.InputStream broken =
        new java.io.FilterInputStream(source) {
          private long left = content.length() / 2;
          private boolean done;

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            left -= count;
            if (left <= 0 && !done) {
              done = true;
              try {
                disks.server.kill();
                disks.server.start();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            }
            return count;
          }
        };
    storage.save("f", Content.of(broken));
    try (Download in = storage.download("f")) {
      content.assertEquals(in);
    }
  }

  @Test
  void a_connection_that_was_cut_while_it_was_idle_is_replaced() throws Exception {
    Storage storage = disks.open("\"timeout\":\"60s\"");
    storage.save("idle", Content.of("x"));
    disks.proxy.resetAll();
    long start = System.nanoTime();
    assertThat(storage.exists("idle")).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }
}
