package io.diskmap.audit.jdbc;

import io.diskmap.DiskMap;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A services server with an audit store, in a process of its own that tests kill. */
final class AuditedServerMain {
  static final String KEY = "0123456789abcdef0123456789abcdef";

  private AuditedServerMain() {}

  /** Serves a local root and keeps the store until the standard input ends. */
  public static void main(String[] arguments) throws Exception {
    DiskMap map =
        DiskMap.builder()
            .disk("workspace", "local", Map.of("root", arguments[0]))
            .section("audit", Map.of("store", arguments[1]))
            .build();
    ServerSection.Key key =
        new ServerSection.Key(
            Secret.of(KEY), Optional.empty(), List.of(), List.of(""), false, true);
    ServerSection section =
        new ServerSection(
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            Optional.empty(),
            Map.of("web", key));
    try (StorageManager storages =
            StorageManager.builder().diskMap(map).role(ServerRole.SERVICES).build();
        StorageServer server = StorageServer.of(storages, section)) {
      server.start();
      System.out.println("port " + server.address().getPort());
      while (System.in.read() >= 0) {}
    }
  }
}
