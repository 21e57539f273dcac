package io.diskmap.examples.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@NeedsOpenSsh
class SftpWorkerTest {
  @TempDir private Path temp;
  private OpenSshServer server;
  private FaultProxy line;

  @BeforeEach
  void start() throws Exception {
    server = OpenSshServer.launch();
    line = FaultProxy.to("127.0.0.1", server.port());
    Path models = Files.createDirectory(server.files().resolve("models"));
    SeededContent model = new SeededContent(1, 12L * 1024 * 1024);
    Files.write(models.resolve("ocr.bin"), model.stream().readAllBytes());
    Files.setLastModifiedTime(
        models.resolve("ocr.bin"), FileTime.from(Instant.now().minusSeconds(86_400)));
    Path inputs = Files.createDirectories(server.files().resolve("workspace/inputs/a"));
    for (int i = 0; i < 20; i++) {
      Files.writeString(inputs.resolve("page-" + i), "page " + i);
    }
  }

  @AfterEach
  void stop() throws Exception {
    line.close();
    server.close();
  }

  private StorageManager open() throws Exception {
    Path known = temp.resolve("known_hosts");
    String keys = Files.readString(server.knownHosts());
    Files.writeString(known, keys.replace(":" + server.port(), ":" + line.port()));
    String common =
        """
        "driver":"sshfs","host":"127.0.0.1","port":%d,"username":"%s","identity_file":"%s",
        "known_hosts":"%s","keepalive":"15s"\
        """
            .formatted(line.port(), server.user(), server.identity(), known);
    return StorageManager.open(
        DiskMap.parse(
            """
            {"disks":{
              "models":{%s,"root":"%s/models","read_only":true,"cache":{"metadata_ttl":"1h"}},
              "workspace":{%s,"root":"%s/workspace"}}}
            """
                .formatted(common, server.root(), common, server.root())));
  }

  @Test
  void a_worker_saves_one_result_for_each_input_also_when_the_network_drops_in_the_middle()
      throws Exception {
    try (StorageManager storages = open()) {
      storages.disk("models").exists("ocr.bin");
      Trip drop = line.cutAfter(Direction.TO_CLIENT, 5L * 1024 * 1024, Ending.RESET);
      assertThat(new SftpWorker(storages).workOnce(temp)).isEqualTo(20);
      drop.await(Duration.ofSeconds(60));
      assertThat(new SftpWorker(storages).workOnce(temp)).isZero();
    }
    assertThat(server.files().resolve("workspace/results/a/page-7.txt")).isRegularFile();
    assertThat(temp.resolve("ocr.bin")).hasSize(12L * 1024 * 1024);
  }

  @Test
  void models_are_never_written_and_their_metadata_comes_from_memory_for_an_hour()
      throws Exception {
    try (StorageManager storages = open()) {
      Storage models = storages.disk("models");
      assertThatThrownBy(() -> models.save("new", Content.of("x")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.READ_ONLY));
      long size = models.metadata("ocr.bin").size();
      long before = line.bytesIn(Direction.TO_SERVER);
      assertThat(models.metadata("ocr.bin").size()).isEqualTo(size);
      assertThat(line.bytesIn(Direction.TO_SERVER)).isEqualTo(before);
      try (Download in = models.download("ocr.bin")) {
        assertThat(in.readNBytes(10)).hasSize(10);
      }
    }
    assertThat(server.files().resolve("models/.diskmap")).doesNotExist();
  }
}
