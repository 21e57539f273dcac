package io.diskmap.sshfs;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;

/**
 * Runs an Apache MINA SSHD server: its files, the file of its host key, its port, user and
 * password.
 */
final class MinaMain {
  private MinaMain() {}

  /** Prints fingerprint and port, and serves until it is killed. */
  public static void main(String[] arguments) throws Exception {
    SimpleGeneratorHostKeyProvider keys = new SimpleGeneratorHostKeyProvider(Path.of(arguments[1]));
    keys.setAlgorithm("RSA");
    keys.setKeySize(2048);
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(Integer.parseInt(arguments[2]));
    server.setKeyPairProvider(keys);
    server.setPasswordAuthenticator(
        (user, password, session) -> user.equals(arguments[3]) && password.equals(arguments[4]));
    server.setFileSystemFactory(new VirtualFileSystemFactory(Path.of(arguments[0])));
    server.setSubsystemFactories(List.of(new BareSftp()));
    CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(server, 64);
    CoreModuleProperties.TCP_NODELAY.set(server, true);
    server.start();
    KeyPair key = keys.loadKeys(null).iterator().next();
    System.out.println("fingerprint " + fingerprint(PublicKeyEntry.toString(key.getPublic())));
    System.out.println("port " + server.getPort());
    new CountDownLatch(1).await();
  }

  private static String fingerprint(String line) throws Exception {
    byte[] blob = Base64.getDecoder().decode(line.split(" ")[1]);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
  }
}
