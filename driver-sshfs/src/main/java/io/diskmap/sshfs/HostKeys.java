package io.diskmap.sshfs;

import com.hierynomus.sshj.userauth.certificate.Certificate;
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
 * <p>A line {@code @cert-authority} admits the host certificates of an authority. A line {@code
 * @revoked} refuses a key or an authority, whatever other lines say of it.
 *
 * <p>For one connection. A key that is refused is remembered, so that the error can show its
 * fingerprint and the line that would admit it.
 */
final class HostKeys implements HostKeyVerifier {
  private static final String REVOKED = "@revoked";
  private static final long HOST_CERTIFICATE = 2;

  private final SshfsOptions options;
  private final @Nullable OpenSSHKnownHosts known;
  private final @Nullable OpenSSHKnownHosts revoked;
  private volatile @Nullable PublicKey refused;
  private volatile boolean isRevoked;

  private HostKeys(
      SshfsOptions options,
      @Nullable OpenSSHKnownHosts known,
      @Nullable OpenSSHKnownHosts revoked) {
    this.options = options;
    this.known = known;
    this.revoked = revoked;
  }

  /** Reads the known hosts afresh, so that a line that was added counts for the next connection. */
  static HostKeys of(SshfsOptions options) throws StorageException {
    if (options.hostKey().isPresent()) {
      return new HostKeys(options, null, null);
    }
    Path file = options.knownHosts();
    try {
      String text = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
      StringBuilder admitted = new StringBuilder();
      StringBuilder refused = new StringBuilder();
      text.lines()
          .forEach(
              line -> {
                if (line.startsWith(REVOKED)) {
                  String rest = line.substring(REVOKED.length());
                  refused.append(rest.strip()).append('\n');
                  refused.append("@cert-authority").append(rest).append('\n');
                } else {
                  admitted.append(line).append('\n');
                }
              });
      return new HostKeys(options, hosts(admitted), hosts(refused));
    } catch (IOException | RuntimeException e) {
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED, "The file of the option known_hosts cannot be read.", e);
    }
  }

  private static OpenSSHKnownHosts hosts(CharSequence lines) throws IOException {
    return new OpenSSHKnownHosts(new StringReader(lines.toString()), SilentLog.FACTORY);
  }

  @Override
  public boolean verify(String hostname, int port, PublicKey key) {
    boolean accepted = isAdmitted(key);
    if (!accepted) {
      refused = bare(key);
    }
    return accepted;
  }

  private boolean isAdmitted(PublicKey key) {
    if (known == null || revoked == null) {
      return fingerprint(bare(key)).equals(options.hostKey().orElse(""));
    }
    String host = options.host();
    int port = options.port();
    if (revoked.verify(host, port, key) || revoked.verify(host, port, bare(key))) {
      isRevoked = true;
      return false;
    }
    boolean forHosts =
        !(key instanceof Certificate<?> certificate) || certificate.getType() == HOST_CERTIFICATE;
    return forHosts && known.verify(host, port, key);
  }

  /** The key itself, without the certificate around it. */
  private static PublicKey bare(PublicKey key) {
    return key instanceof Certificate<?> certificate ? certificate.getKey() : key;
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
    if (isRevoked) {
      return Optional.of(
          StorageException.of(
              ErrorKind.UNAUTHENTICATED,
              "The server's host key is revoked in the file of the option known_hosts: somebody may"
                  + " be in between. Its fingerprint is "
                  + fingerprint(key)
                  + "; give the server a new key.",
              cause));
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
