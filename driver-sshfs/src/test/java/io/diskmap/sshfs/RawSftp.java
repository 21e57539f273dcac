package io.diskmap.sshfs;

import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.PacketType;
import net.schmizz.sshj.sftp.Request;
import net.schmizz.sshj.sftp.Response;
import net.schmizz.sshj.sftp.SFTPEngine;

/** Requests to a server without the driver, for the status that it answers. For one thread. */
final class RawSftp implements AutoCloseable {
  private final SSHClient client;
  private final SFTPEngine engine;

  RawSftp(MinaServer server) throws IOException {
    DefaultConfig config = new DefaultConfig();
    config.setLoggerFactory(SilentLog.FACTORY);
    this.client = new SSHClient(config);
    client.addHostKeyVerifier(server.fingerprint());
    client.connect("127.0.0.1", server.port());
    client.authPassword(MinaServer.USER, server.password());
    this.engine = new SFTPEngine(client).init();
  }

  private int status(Request request) throws IOException {
    Response reply = engine.request(request).retrieve(20, TimeUnit.SECONDS);
    return reply.getType() == PacketType.STATUS ? reply.readStatusCode().getCode() : Sftp.OK;
  }

  /** What the server answers to a request of an extension with two names. */
  int extended(String extension) throws IOException {
    return status(engine.newExtendedRequest(extension).putString("/a").putString("/b"));
  }

  /** What the server answers to the rename of a file over another one. */
  int renameOverAFile() throws IOException {
    for (String path : new String[] {"/raw-a", "/raw-b"}) {
      engine.open(path, EnumSet.of(OpenMode.CREAT, OpenMode.WRITE)).close();
    }
    try {
      return status(engine.newRequest(PacketType.RENAME).putString("/raw-a").putString("/raw-b"));
    } finally {
      engine.remove("/raw-a");
      engine.remove("/raw-b");
    }
  }

  @Override
  public void close() throws IOException {
    client.disconnect();
  }
}
