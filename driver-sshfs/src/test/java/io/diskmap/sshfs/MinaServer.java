package io.diskmap.sshfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;

/**
 * An Apache MINA SSHD server in this process, without the extensions of OpenSSH. For one thread.
 *
 * <p>It takes one user, {@code worker}, with one password.
 */
final class MinaServer implements AutoCloseable {
  static final String USER = "worker";
  static final String PASSWORD = "Mina-4242";

  private final String password;
  private final Path files;
  private final KeyPair hostKey;
  private SshServer server;
  private int port;

  MinaServer() throws IOException {
    this(PASSWORD);
  }

  /** A server whose user has another password. */
  MinaServer(String password) throws IOException {
    this.password = password;
    this.files = Files.createTempDirectory("diskmap-mina-");
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      this.hostKey = generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
    this.server = make(0);
    start();
  }

  private SshServer make(int atPort) {
    SshServer made = SshServer.setUpDefaultServer();
    made.setHost("127.0.0.1");
    made.setPort(atPort);
    made.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    made.setPasswordAuthenticator(
        (user, given, session) -> user.equals(USER) && given.equals(password));
    made.setFileSystemFactory(new VirtualFileSystemFactory(files));
    made.setSubsystemFactories(List.of(new BareSftp()));
    CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(made, 64);
    return made;
  }

  void start() throws IOException {
    if (port != 0) {
      server = make(port);
    }
    server.start();
    port = server.getPort();
  }

  void kill() throws IOException {
    server.close(true);
  }

  int port() {
    return port;
  }

  Path files() {
    return files;
  }

  String fingerprint() {
    try {
      String line = PublicKeyEntry.toString(hostKey.getPublic());
      byte[] blob = Base64.getDecoder().decode(line.split(" ")[1]);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    io.diskmap.testkit.contract.TestDisk.removeTree(files);
  }
}
