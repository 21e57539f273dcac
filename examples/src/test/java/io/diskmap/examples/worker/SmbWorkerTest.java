package io.diskmap.examples.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.server.NeedsSamba;
import io.diskmap.testkit.server.SambaServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker on an SMB share: only the disk map differs. */
@NeedsSamba
class SmbWorkerTest {
  private static final String MAP =
      """
      {"disks":{"workspace":{"driver":"smb","host":"127.0.0.1","port":%d,"share":"%s",\
      "username":"%s","password":"%s","encryption":"required"}}}\
      """;

  @Test
  void it_works_on_an_encrypted_share_by_another_disk_map_alone(@TempDir Path directory)
      throws Exception {
    try (SambaServer server = SambaServer.start(directory)) {
      String map =
          MAP.formatted(server.port(), SambaServer.SHARE, SambaServer.user(), SambaServer.PASSWORD);
      try (StorageManager storages = StorageManager.open(DiskMap.parse(map))) {
        Storage workspace = storages.workspace();
        workspace.save("inbox/one.txt", Content.of("to be or not to be"));
        assertThat(new TranscriptWorker(workspace).run()).isEqualTo(1);
        try (Download report = workspace.download("results/one.txt.json")) {
          assertThat(report.readAllBytes()).asString().isEqualTo("{\"words\":6}");
        }
      }
      assertThat(server.files().resolve("results/one.txt.json")).hasContent("{\"words\":6}");
    }
  }
}
