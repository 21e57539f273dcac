package io.diskmap.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stand-alone engine sends straight from an open file. */
class FileRegionTest {
  private static final int SIZE = 5 * 1024 * 1024 + 7;

  @TempDir Path directory;

  @Test
  void every_range_of_a_file_is_that_range() throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(5).nextBytes(bytes);
    DiskMap map =
        DiskMap.builder().disk("workspace", "local", Map.of("root", directory.toString())).build();
    try (StorageManager storages = StorageManager.open(map);
        StorageServer server = Servers.start(storages);
        StorageManager client = Servers.client(Servers.url(server), Map.of())) {
      storages.workspace().save("file", Content.of(bytes));
      Storage remote = client.workspace();
      for (int from : new int[] {0, 1, 65_535, 65_536, 1 << 20, SIZE - 1, SIZE}) {
        for (int length : new int[] {1, 100, 65_536, 65_537, 1 << 20, SIZE}) {
          try (Download part = remote.download("file", ByteRange.of(from, length))) {
            assertThat(part.readAllBytes())
                .as("%d bytes from %d", length, from)
                .isEqualTo(Arrays.copyOfRange(bytes, from, Math.min(SIZE, from + length)));
          }
        }
      }
    }
  }
}
