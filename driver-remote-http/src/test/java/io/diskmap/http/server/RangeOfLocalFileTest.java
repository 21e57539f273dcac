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

/** Parts of local files, which the engine sends without a copy. */
class RangeOfLocalFileTest {
  @Test
  void every_part_of_a_local_file_is_that_part(@TempDir Path root) throws IOException {
    byte[] bytes = new byte[3_000_000];
    new Random(5).nextBytes(bytes);
    DiskMap map =
        DiskMap.builder().disk("workspace", "local", Map.of("root", root.toString())).build();
    try (StorageManager behind = StorageManager.open(map);
        StorageServer server = Servers.start(behind);
        StorageManager client = Servers.client(Servers.url(server), Map.of())) {
      Storage disk = client.workspace();
      disk.save("a.bin", Content.of(bytes));
      for (int offset : new int[] {0, 1, 65_535, 65_536, 1 << 20, 2_999_999}) {
        for (int length : new int[] {1, 4096, 65_536, 65_537, 1_000_000, 3_000_000}) {
          int end = Math.min(bytes.length, offset + length);
          try (Download part = disk.download("a.bin", ByteRange.of(offset, length))) {
            assertThat(part.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, offset, end));
          }
        }
      }
    }
  }
}
