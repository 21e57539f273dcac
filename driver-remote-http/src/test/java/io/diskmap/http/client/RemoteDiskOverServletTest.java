package io.diskmap.http.client;

import io.diskmap.StorageManager;
import io.diskmap.http.JettyHost;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;

/** The remote disk over the servlet, in Jetty EE10. */
final class RemoteDiskOverServletTest extends RemoteDiskContract {
  @Override
  RunningServer start(StorageManager behind, int port) {
    StorageServer server = StorageServer.of(behind, Servers.section());
    JettyHost host = new JettyHost(server.servlet(), port);
    return new RunningServer() {
      @Override
      public String url() {
        return host.url();
      }

      @Override
      public int port() {
        return host.port();
      }

      @Override
      public void close() {
        host.close();
        server.close();
      }
    };
  }
}
