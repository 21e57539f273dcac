package io.diskmap.benchmarks;

import io.diskmap.DiskMap;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A services server in a process of its own. Its arguments are pairs of a name and a value: {@code
 * key}, then {@code root} of a local disk and its {@code durability}, or {@code upstream}, the
 * address of the server that has the disk; {@code cert} and {@code private_key} for TLS.
 */
public final class ServeMain {
  private ServeMain() {}

  /** Serves until its input ends; prints the port. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> told = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      told.put(arguments[i], arguments[i + 1]);
    }
    String key = told.get("key");
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("listen", "127.0.0.1:0");
    server.put("keys", Map.of("bench", Map.of("key", key, "disks", List.of("disk"))));
    if (told.containsKey("cert")) {
      server.put("tls", Map.of("cert", told.get("cert"), "key", told.get("private_key")));
    }
    DiskMap.Builder map = DiskMap.builder().section("server", server);
    if (told.containsKey("upstream")) {
      map.disk("disk", "remote-http", Map.of("url", told.get("upstream"), "api_key", key));
    } else {
      map.disk(
          "disk",
          "local",
          Map.of("root", told.get("root"), "durability", told.getOrDefault("durability", "none")));
    }
    try (StorageManager manager = StorageManager.open(map.build());
        StorageServer running = StorageServer.of(manager)) {
      running.start();
      System.out.println("port " + running.address().getPort());
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }
}
