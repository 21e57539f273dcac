package io.diskmap.http.server;

import io.diskmap.http.JettyHost;
import org.jspecify.annotations.Nullable;

/** The calls of remote workers on the servlet, in Jetty EE10. */
final class ServletWorkerCallsTest extends WorkerCallsContract {
  private @Nullable StorageServer server;
  private @Nullable JettyHost host;

  @Override
  String start(StorageServer created) {
    server = created;
    host = new JettyHost(created.servlet(), 0);
    return host.url();
  }

  @Override
  void stop() {
    if (host != null) {
      host.close();
    }
    if (server != null) {
      server.close();
    }
  }
}
