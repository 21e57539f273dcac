package io.diskmap.http.contract;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.StorageManager;
import io.diskmap.http.JettyHost;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;

/** A services server as a process of its own, for tests that kill it. */
public final class ServerMain {
  private ServerMain() {}

  /** Serves the disk map in the second argument, by the door in the first, until input ends. */
  public static void main(String[] arguments) throws Exception {
    DiskMap map = DiskMap.parse(arguments[1]);
    try (StorageManager manager =
            StorageManager.builder()
                .role(ServerRole.SERVICES)
                .diskMap(map)
                .workspace("disk")
                .build();
        StorageServer server = StorageServer.of(manager)) {
      if (Door.valueOf(arguments[0]) == Door.SERVLET) {
        int port = map.server().orElseThrow().listen().getPort();
        try (JettyHost host = new JettyHost(server.servlet(), port)) {
          serve(host.port());
        }
      } else {
        server.start();
        serve(server.address().getPort());
      }
    }
  }

  private static void serve(int port) throws IOException {
    System.out.println("serving " + port);
    while (System.in.read() >= 0) {
      System.out.flush();
    }
  }
}
