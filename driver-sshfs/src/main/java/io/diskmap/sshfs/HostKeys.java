package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts;
import org.jspecify.annotations.Nullable;

/**
 * The check of a server's host key: against the known hosts, or against one fingerprint.
 *
 * <p>For one connection. A key that is refused is remembered, so that the error can show its
 * fingerprint and the line that would admit it.
 */
final class HostKeys implements HostKeyVerifier {
  private final SshfsOptions options;
  private final @Nullable OpenSSHKnownHosts known;
  private volatile @Nullable PublicKey refused;

  private HostKeys(SshfsOptions options, @Nullable OpenSSHKnownHosts known) {
    this.options = options;
    this.known = known;
  }

  /** Reads the known hosts afresh, so that a line that was added counts for the next connection. */
  static HostKeys of(SshfsOptions options) throws StorageException {
    if (options.hostKey().isPresent()) {
      return new HostKeys(options, null);
    }
    Path file = options.knownHosts();
    try {
      String text = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
      return new HostKeys(
          options, new OpenSSHKnownHosts(new StringReader(text), SilentLog.FACTORY));
    } catch (IOException | RuntimeException e) {
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED, "The file of the option known_hosts cannot be read.", e);
    }
  }

  @Override
  public boolean verify(String hostname, int port, PublicKey key) {
    boolean accepted =
        known == null
            ? fingerprint(key).equals(options.hostKey().orElse(""))
            : known.verify(options.host(), options.port(), key);
    if (!accepted) {
      refused = key;
    }
    return accepted;
  }

  /** The signatures to ask for, so that the server shows a key that is known; RSA has three. */
  @Override
  public List<String> findExistingAlgorithms(String hostname, int port) {
    if (known == null) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (String algorithm : known.findExistingAlgorithms(options.host(), options.port())) {
      if (algorithm.equals(KeyType.RSA.toString())) {
        found.add("rsa-sha2-512");
        found.add("rsa-sha2-256");
      }
      found.add(algorithm);
    }
    return found;
  }

  /** The failure that says which key was refused and how it can be admitted; empty if none was. */
  Optional<StorageException> refusal(IOException cause) {
    PublicKey key = refused;
    if (key == null) {
      return Optional.empty();
    }
    boolean other =
        known != null && !known.findExistingAlgorithms(options.host(), options.port()).isEmpty();
    String what =
        other || known == null
            ? "The server shows another host key than the known one: somebody may be in between."
                + " Its fingerprint is "
            : "The server's host key is not known. Its fingerprint is ";
    String remedy =
        known == null
            ? "; compare it with the server's own and mend the option host_key."
            : "; compare it with the server's own (ssh-keygen -lf), then "
                + (other ? "replace the old line" : "add this line")
                + " in the file of the option known_hosts: "
                + line(key);
    return Optional.of(
        StorageException.of(ErrorKind.UNAUTHENTICATED, what + fingerprint(key) + remedy, cause));
  }

  private String line(PublicKey key) {
    String host = options.host().toLowerCase(Locale.ROOT);
    String name = options.port() == 22 ? host : "[" + host + "]:" + options.port();
    String text = Base64.getEncoder().encodeToString(blob(key));
    return name + " " + KeyType.fromKey(key) + " " + text;
  }

  static String fingerprint(PublicKey key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob(key));
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] blob(PublicKey key) {
    return new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
  }
}
