package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose host key an authority has signed, and keys that are revoked. */
@Timeout(120)
@NeedsOpenSsh
class HostCertificateTest {
  @TempDir private Path temp;
  private String authority;

  @BeforeEach
  void authority() throws Exception {
    OpenSshServer.key(temp.resolve("ca"), "ed25519", "");
    authority = "@cert-authority * " + publicKey("ca");
  }

  private String publicKey(String name) throws Exception {
    String[] key = Files.readString(temp.resolve(name + ".pub")).split(" ");
    return key[0] + " " + key[1];
  }

  /** A server whose host key the authority has signed with these options. */
  private OpenSshServer signed(String... options) throws Exception {
    OpenSshServer.key(temp.resolve("host"), "ed25519", "");
    List<String> command = new ArrayList<>(List.of("-q", "-s", temp.resolve("ca").toString()));
    command.addAll(List.of("-I", "a host", "-V", "-1h:+1h"));
    command.addAll(List.of(options));
    command.add(temp.resolve("host.pub").toString());
    OpenSshServer.KEYGEN.run(Duration.ofSeconds(20), command.toArray(String[]::new)).orFail();
    return OpenSshServer.launch(
        "HostKey " + temp.resolve("host"), "HostCertificate " + temp.resolve("host-cert.pub"));
  }

  private SshDisk knowing(OpenSshServer server, String... lines) throws Exception {
    Path known = Files.write(temp.resolve("known_hosts"), List.of(lines));
    return SshDisk.on(server).with("known_hosts", known);
  }

  @Test
  void a_host_that_a_known_authority_has_signed_is_known() throws Exception {
    try (OpenSshServer server = signed("-h", "-n", "127.0.0.1")) {
      Logins.requireOpens(knowing(server, authority));
    }
  }

  @Test
  void the_certificate_of_another_authority_is_refused() throws Exception {
    OpenSshServer.key(temp.resolve("other"), "ed25519", "");
    try (OpenSshServer server = signed("-h", "-n", "127.0.0.1")) {
      Logins.requireRefused(
          knowing(server, "@cert-authority * " + publicKey("other")),
          ErrorKind.UNAUTHENTICATED,
          Fingerprints.of(temp.resolve("host.pub")));
    }
  }

  @Test
  void a_certificate_for_other_hosts_is_refused() throws Exception {
    try (OpenSshServer server = signed("-h", "-n", "another-host")) {
      Logins.requireRefused(
          knowing(server, authority), ErrorKind.UNAUTHENTICATED, "host certificate");
    }
  }

  @Test
  void a_revoked_authority_admits_nobody() throws Exception {
    try (OpenSshServer server = signed("-h", "-n", "127.0.0.1")) {
      Logins.requireRefused(
          knowing(server, authority, "@revoked * " + publicKey("ca")),
          ErrorKind.UNAUTHENTICATED,
          "revoked");
    }
  }

  @Test
  void a_revoked_host_key_is_refused_though_another_line_admits_it() throws Exception {
    try (OpenSshServer server = OpenSshServer.launch()) {
      String[] key = Files.readString(server.hostKey("ed25519")).split(" ");
      String line = "* " + key[0] + " " + key[1];
      Logins.requireOpens(knowing(server, line));
      Logins.requireRefused(
          knowing(server, line, "@revoked " + line), ErrorKind.UNAUTHENTICATED, "revoked");
    }
  }
}
