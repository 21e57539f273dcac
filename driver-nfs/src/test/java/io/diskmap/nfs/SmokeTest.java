package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.server.GaneshaServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SmokeTest {
  @Test
  void saves_and_reads() throws Exception {
    try (GaneshaServer server = GaneshaServer.start(Path.of("/dev/shm"))) {
      String map = "{\"disks\":{\"d\":{\"driver\":\"nfs\",\"host\":\"127.0.0.1\",\"port\":" + server.port() + ",\"export\":\"/export\",\"uid\":0,\"gid\":0}}}";
      try (StorageManager m = StorageManager.open(DiskMap.parse(map))) {
        Storage s = m.disk("d");
        System.out.println(s.health());
        System.out.println(s.save("a/b/c.txt", Content.of("hello")));
        assertThat(new String(s.download("a/b/c.txt").readAllBytes())).isEqualTo("hello");
        byte[] big = new byte[20_000_000];
        new java.util.Random(1).nextBytes(big);
        for (int i = 0; i < 5; i++) {
          long t = System.nanoTime();
          s.save("big", Content.of(big));
          long u = System.nanoTime();
          assertThat(s.download("big").readAllBytes()).isEqualTo(big);
          System.out.println((u - t) / 1000 + " us up, " + (System.nanoTime() - u) / 1000 + " us down");
        }
        s.list("").forEach(System.out::println);
        System.out.println(s.deleteAll(io.diskmap.DeleteOptions.defaults()));
      }
    }
  }
}
