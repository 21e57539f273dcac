package io.diskmap.nfs;

import io.diskmap.DiskMap;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.GaneshaServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One server behind a proxy, and managers with a disk on it. For one thread. */
final class NfsDisks implements AutoCloseable {
  static final Duration GRACE = Duration.ofSeconds(2);
  static final Duration LEASE = Duration.ofSeconds(5);

  final GaneshaServer server;
  final FaultProxy proxy;
  private final List<StorageManager> managers = new ArrayList<>();

  NfsDisks() throws IOException, InterruptedException {
    this.server = GaneshaServer.start(Path.of("/dev/shm"), GRACE, LEASE);
    this.proxy = FaultProxy.to("127.0.0.1", server.port());
  }

  /** A disk of a manager of its own, with further members of its JSON object. */
  Storage open(String... members) throws StorageException {
    StorageManager manager = StorageManager.open(DiskMap.parse(map(members)));
    managers.add(manager);
    return manager.disk("d");
  }

  String map(String... members) {
    StringBuilder map =
        new StringBuilder("{\"disks\":{\"d\":{\"driver\":\"nfs\",\"host\":\"127.0.0.1\"");
    map.append(",\"port\":").append(proxy.port()).append(",\"uid\":0,\"gid\":0");
    boolean exported = false;
    for (String member : members) {
      map.append(',').append(member);
      exported |= member.contains("\"export\"");
    }
    return map + (exported ? "" : ",\"export\":\"" + server.export() + "\"") + "}}}";
  }

  @Override
  public void close() throws IOException {
    managers.forEach(StorageManager::close);
    proxy.close();
    server.close();
  }
}
