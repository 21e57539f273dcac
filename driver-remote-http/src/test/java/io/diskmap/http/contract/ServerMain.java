package io.diskmap.http.contract;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;

/** A services server as a process of its own, for tests that kill it. */
public final class ServerMain {
  private ServerMain() {}

  /** Serves the disk map in the first argument until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    try (StorageManager manager =
            StorageManager.builder()
                .role(ServerRole.SERVICES)
                .diskMap(DiskMap.parse(arguments[0]))
                .workspace("disk")
                .build();
        StorageServer server = StorageServer.of(manager)) {
      server.start();
      System.out.println("serving " + server.address().getPort());
      while (System.in.read() >= 0) {
        System.out.flush();
      }
    }
  }
}
