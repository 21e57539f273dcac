package io.diskmap.http.client;

import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.http.Certificates;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The remote disk over the stand-alone engine, plain and with TLS. */
final class RemoteDiskOverEngineTest {
  @TempDir static Path directory;

  @Nested
  final class Plain extends RemoteDiskContract {
    @Override
    RunningServer start(StorageManager behind, int port) throws IOException {
      return running(behind, port, Optional.empty());
    }
  }

  @Nested
  final class Encrypted extends RemoteDiskContract {
    private final Certificates files = certificates();

    @Override
    RunningServer start(StorageManager behind, int port) throws IOException {
      return running(
          behind, port, Optional.of(new ServerSection.Tls(files.certificate(), files.key())));
    }

    @Override
    Map<String, Object> options() {
      return Map.of("ca_file", files.certificate().toString());
    }
  }

  private static Certificates certificates() {
    try {
      return Certificates.make(directory, "ec pkcs8");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RemoteDiskContract.RunningServer running(
      StorageManager behind, int port, Optional<ServerSection.Tls> tls) throws IOException {
    ServerSection section =
        new ServerSection(
            InetSocketAddress.createUnresolved("127.0.0.1", port),
            tls,
            Map.of("web", Servers.key(Servers.KEY)));
    StorageServer server = StorageServer.of(behind, section);
    server.start();
    String scheme = tls.isPresent() ? "https" : "http";
    return new RemoteDiskContract.RunningServer() {
      @Override
      public String url() {
        return scheme + "://127.0.0.1:" + port();
      }

      @Override
      public int port() {
        return server.address().getPort();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
