package io.diskmap.http.server;

import io.diskmap.http.Servers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The wire contract on the stand-alone engine. */
final class UndertowApiTest extends ApiContract {
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
