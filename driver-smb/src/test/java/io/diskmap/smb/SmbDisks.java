package io.diskmap.smb;

import io.diskmap.DiskMap;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.SambaServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One server behind a proxy, and managers with a disk on it. For one thread. */
final class SmbDisks implements AutoCloseable {
  final SambaServer server;
  final FaultProxy proxy;
  private final List<StorageManager> managers = new ArrayList<>();

  SmbDisks(String... lines) throws IOException, InterruptedException {
    this(Path.of("/dev/shm"), lines);
  }

  /** A server whose files are below this directory. */
  SmbDisks(Path below, String... lines) throws IOException, InterruptedException {
    this.server = SambaServer.start(below, lines);
    this.proxy = FaultProxy.to("127.0.0.1", server.port());
  }

  /**
   * A disk of a manager of its own, with further members of its JSON object; one that names the way
   * to log in brings what that takes.
   */
  Storage open(String... members) throws StorageException {
    StorageManager manager = StorageManager.open(DiskMap.parse(map(members)));
    managers.add(manager);
    return manager.disk("d");
  }

  String map(String... members) {
    StringBuilder map = new StringBuilder("{\"disks\":{\"d\":{\"driver\":\"smb\"");
    add(map, members, "host", "\"127.0.0.1\"");
    add(map, members, "port", Integer.toString(proxy.port()));
    add(map, members, "share", '"' + SambaServer.SHARE + '"');
    add(map, members, "username", '"' + SambaServer.user() + '"');
    if (Arrays.stream(members).noneMatch(member -> member.startsWith("\"auth\""))) {
      add(map, members, "password", '"' + SambaServer.PASSWORD + '"');
    }
    for (String member : members) {
      map.append(',').append(member);
    }
    return map + "}}}";
  }

  private static void add(StringBuilder map, String[] members, String name, String value) {
    for (String member : members) {
      if (member.startsWith('"' + name + '"')) {
        return;
      }
    }
    map.append(",\"").append(name).append("\":").append(value);
  }

  @Override
  public void close() throws IOException {
    managers.forEach(StorageManager::close);
    proxy.close();
    server.close();
  }
}
