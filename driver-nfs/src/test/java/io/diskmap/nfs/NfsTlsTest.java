package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.GaneshaServer;
import io.diskmap.testkit.server.NeedsGanesha;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** RPC with TLS, in front of a server that does not speak it itself. */
@NeedsGanesha
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NfsTlsTest {
  private static final String MARK = "a-text-that-nobody-else-may-read";
  private GaneshaServer server;
  private TlsFront front;
  private FaultProxy line;

  @BeforeAll
  void start() throws Exception {
    server = GaneshaServer.start(Path.of("/dev/shm"));
    front = new TlsFront(server.port(), "dns:localhost");
    line = FaultProxy.to("127.0.0.1", front.port());
  }

  @AfterAll
  void stop() throws Exception {
    line.close();
    front.close();
    server.close();
  }

  private StorageManager open(String host, int port, String... members) {
    StringBuilder map = new StringBuilder("{\"disks\":{\"d\":{\"driver\":\"nfs\",\"host\":\"");
    map.append(host).append("\",\"port\":").append(port);
    map.append(",\"export\":\"/export\",\"uid\":0,\"gid\":0,\"tls\":\"required\",\"retries\":2");
    for (String member : members) {
      map.append(',').append(member);
    }
    return StorageManager.open(DiskMap.parse(map + "}}}"));
  }

  private String trusting() {
    return "\"ca_file\":\"" + front.certificate() + '"';
  }

  private static ErrorKind failure(StorageManager manager) {
    try (manager) {
      return catchThrowableOfType(StorageException.class, () -> manager.disk("d").exists("f"))
          .kind();
    }
  }

  @Test
  void files_go_both_ways_and_nothing_of_them_is_seen_on_the_line() throws Exception {
    AtomicLong seen = new AtomicLong();
    line.when(
        io.diskmap.testkit.fault.Direction.TO_SERVER, MARK, connection -> seen.incrementAndGet());
    try (StorageManager manager = open("localhost", line.port(), trusting())) {
      Storage storage = manager.disk("d");
      storage.save("tls/marked", Content.of(MARK.repeat(100)));
      SeededContent content = new SeededContent(11, 20_000_003);
      storage.save("tls/large", Content.of(content.stream()));
      try (Download in = storage.download("tls/large")) {
        content.assertEquals(in);
      }
      try (Download in = storage.download("tls/marked")) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).startsWith(MARK);
      }
      assertThat(storage.deletePrefix("tls").files()).isEqualTo(2);
    }
    assertThat(seen).hasValue(0);
  }

  @Test
  void a_connection_that_breaks_is_replaced_by_another_one_under_tls() throws Exception {
    try (StorageManager manager = open("localhost", line.port(), trusting())) {
      Storage storage = manager.disk("d");
      for (int i = 0; i < 20; i++) {
        storage.save("broken/" + i, Content.of("content " + i));
        if (i % 5 == 2) {
          line.resetAll();
        }
      }
      assertThat(storage.deletePrefix("broken").files()).isEqualTo(20);
    }
  }

  @Test
  void a_server_without_tls_is_refused() {
    assertThat(failure(open("localhost", server.port(), trusting())))
        .isEqualTo(ErrorKind.UNSUPPORTED);
  }

  @Test
  void a_certificate_that_is_not_trusted_or_of_another_name_is_refused() {
    assertThat(failure(open("localhost", front.port()))).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(failure(open("127.0.0.1", front.port(), trusting())))
        .isEqualTo(ErrorKind.UNAUTHENTICATED);
  }
}
