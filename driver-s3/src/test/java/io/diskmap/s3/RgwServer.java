package io.diskmap.s3;

import io.diskmap.testkit.server.CephRgwServer;
import java.io.IOException;
import java.net.URI;

/** Ceph's object gateway over a cluster of its own. For any thread. */
final class RgwServer implements S3Server {
  private final CephRgwServer server;
  private final String version;

  private RgwServer(CephRgwServer server, String version) {
    this.server = server;
    this.version = version;
  }

  static RgwServer start() throws IOException, InterruptedException {
    return new RgwServer(CephRgwServer.start(), CephRgwServer.version());
  }

  @Override
  public String name() {
    return "ceph-rgw";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public URI endpoint() {
    return server.endpoint();
  }

  @Override
  public String accessKey() {
    return CephRgwServer.ACCESS_KEY;
  }

  @Override
  public String secretKey() {
    return CephRgwServer.SECRET_KEY;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
