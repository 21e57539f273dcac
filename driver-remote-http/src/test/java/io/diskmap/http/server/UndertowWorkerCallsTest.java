package io.diskmap.http.server;

import io.diskmap.http.Servers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The calls of remote workers on the stand-alone engine. */
final class UndertowWorkerCallsTest extends WorkerCallsContract {
  private @Nullable StorageServer server;

  @Override
  String start(StorageServer started) throws IOException {
    server = started;
    started.start();
    return Servers.url(started);
  }

  @Override
  void stop() {
    if (server != null) {
      server.close();
    }
  }
}
