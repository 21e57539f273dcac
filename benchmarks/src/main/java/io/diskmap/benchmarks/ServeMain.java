package io.diskmap.benchmarks;

import io.diskmap.DiskMap;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A services server in a process of its own: root, key, then certificate and private key for TLS.
 */
public final class ServeMain {
  private ServeMain() {}

  /** Serves until its input ends; prints the port. */
  public static void main(String[] arguments) throws IOException {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("listen", "127.0.0.1:0");
    server.put("keys", Map.of("bench", Map.of("key", arguments[1], "disks", List.of("disk"))));
    if (arguments.length > 2) {
      server.put("tls", Map.of("cert", arguments[2], "key", arguments[3]));
    }
    DiskMap map =
        DiskMap.builder()
            .disk("disk", "local", Map.of("root", arguments[0], "durability", "none"))
            .section("server", server)
            .build();
    try (StorageManager manager = StorageManager.open(map);
        StorageServer running = StorageServer.of(manager)) {
      running.start();
      System.out.println("port " + running.address().getPort());
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }
}
