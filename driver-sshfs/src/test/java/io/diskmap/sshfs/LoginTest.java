package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.process.Tool;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who the server is and who logs in. */
@Timeout(120)
@NeedsOpenSsh
class LoginTest {
  private static OpenSshServer server;
  @TempDir private Path temp;

  @BeforeAll
  static void start() throws Exception {
    server = OpenSshServer.launch();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private Path known(String... lines) throws Exception {
    return Files.write(temp.resolve("known_hosts"), List.of(lines));
  }

  private String line(String type) throws Exception {
    String[] key = Files.readString(server.hostKey(type)).split(" ");
    return "[127.0.0.1]:" + server.port() + " " + key[0] + " " + key[1];
  }

  @Test
  void each_type_of_known_host_key_is_enough_by_itself() throws Exception {
    for (String type : List.of("ed25519", "ecdsa", "rsa")) {
      Logins.requireOpens(SshDisk.on(server).with("known_hosts", known(line(type))));
    }
  }

  @Test
  void a_hashed_known_host_is_found() throws Exception {
    Path known = known(line("ed25519"));
    OpenSshServer.KEYGEN.run(Duration.ofSeconds(20), "-H", "-f", known.toString()).orFail();
    assertThat(Files.readString(known)).startsWith("|1|");
    Logins.requireOpens(SshDisk.on(server).with("known_hosts", known));
  }

  @Test
  void an_unknown_host_key_is_refused_with_its_fingerprint_and_the_line_to_add() throws Exception {
    Path empty = known();
    Logins.requireRefused(
        SshDisk.on(server).with("known_hosts", empty),
        ErrorKind.UNAUTHENTICATED,
        Fingerprints.of(server.hostKey("ed25519")),
        line("ed25519"));
    Logins.requireRefused(
        SshDisk.on(server).with("known_hosts", temp.resolve("missing")),
        ErrorKind.UNAUTHENTICATED,
        "add this line");
    Files.writeString(empty, line("ed25519") + "\n");
    Logins.requireOpens(SshDisk.on(server).with("known_hosts", empty));
  }

  @Test
  void another_host_key_than_the_known_one_is_refused() throws Exception {
    OpenSshServer.key(temp.resolve("other"), "ed25519", "");
    String[] other = Files.readString(temp.resolve("other.pub")).split(" ");
    Path known = known("[127.0.0.1]:" + server.port() + " " + other[0] + " " + other[1]);
    Logins.requireRefused(
        SshDisk.on(server).with("known_hosts", known),
        ErrorKind.UNAUTHENTICATED,
        "another host key",
        Fingerprints.of(server.hostKey("ed25519")));
  }

  @Test
  void a_pinned_fingerprint_stands_in_for_the_known_hosts() throws Exception {
    SshDisk pinned =
        SshDisk.on(server)
            .without("known_hosts")
            .with("host_key", Fingerprints.of(server.hostKey("ed25519")));
    Logins.requireOpens(pinned);
    Logins.requireRefused(
        pinned.with(
            "host_key", Fingerprints.of(server.identity().resolveSibling("id_ed25519.pub"))),
        ErrorKind.UNAUTHENTICATED,
        "host_key");
  }

  @Test
  void keys_of_every_format_log_in() throws Exception {
    Tool keygen = OpenSshServer.KEYGEN;
    for (String type : List.of("ed25519", "ecdsa", "rsa")) {
      for (String passphrase : List.of("", "Pass-4242")) {
        Path key = temp.resolve("id_" + type + passphrase.length());
        OpenSshServer.key(key, type, passphrase);
        authorize(key);
        Logins.requireOpens(keyed(key, passphrase));
        if (!type.equals("ed25519")) {
          keygen
              .run(
                  Duration.ofSeconds(20),
                  "-p",
                  "-m",
                  "PEM",
                  "-P",
                  passphrase,
                  "-N",
                  passphrase,
                  "-f",
                  key.toString())
              .orFail();
          assertThat(Files.readString(key)).doesNotContain("BEGIN OPENSSH");
          Logins.requireOpens(keyed(key, passphrase));
        }
      }
    }
  }

  private static SshDisk keyed(Path key, String passphrase) {
    SshDisk disk = SshDisk.on(server).with("identity_file", key);
    return passphrase.isEmpty() ? disk : disk.with("passphrase", passphrase);
  }

  private static void authorize(Path key) throws Exception {
    byte[] line =
        Files.readString(key.resolveSibling(key.getFileName() + ".pub"))
            .getBytes(StandardCharsets.UTF_8);
    Files.write(server.authorizedKeys(), line, StandardOpenOption.APPEND);
  }

  @Test
  void what_the_server_does_not_accept_is_an_authentication_failure_with_a_remedy()
      throws Exception {
    Path stranger = temp.resolve("stranger");
    OpenSshServer.key(stranger, "ed25519", "");
    Logins.requireRefused(
        SshDisk.on(server).with("identity_file", stranger),
        ErrorKind.UNAUTHENTICATED,
        "authorized_keys");
    Logins.requireRefused(
        SshDisk.on(server).without("identity_file").with("password", "wrong"),
        ErrorKind.UNAUTHENTICATED,
        "password");
    Logins.requireRefused(
        SshDisk.on(server).without("identity_file"), ErrorKind.UNAUTHENTICATED, "identity_file");
    Logins.requireRefused(
        SshDisk.on(server).with("identity_file", temp.resolve("missing")),
        ErrorKind.UNAUTHENTICATED,
        "identity_file");
    Path locked = temp.resolve("locked");
    OpenSshServer.key(locked, "ed25519", "Pass-4242");
    Logins.requireRefused(
        SshDisk.on(server).with("identity_file", locked).with("passphrase", "other"),
        ErrorKind.UNAUTHENTICATED,
        "passphrase");
  }

  @Test
  void a_root_that_is_missing_or_a_file_is_refused() throws Exception {
    Logins.requireRefused(SshDisk.on(server).with("root", "/missing"), ErrorKind.NOT_FOUND, "root");
    Path file = Files.writeString(server.files().resolve("file"), "x");
    Logins.requireRefused(SshDisk.on(server).with("root", file), ErrorKind.PATH_CONFLICT, "root");
  }

  @Test
  void every_cipher_of_the_options_carries_a_file() throws Exception {
    for (String cipher : JceCiphers.NAMES) {
      SshDisk disk = SshDisk.on(server).with("ciphers", List.of("\"" + cipher + "\""));
      try (StorageManager manager = disk.open()) {
        byte[] content = new SeededContent(1, 3_000_000).stream().readAllBytes();
        SshDisk.of(manager).save("c", io.diskmap.Content.of(content));
        try (var in = SshDisk.of(manager).download("c")) {
          assertThat(in.readAllBytes()).isEqualTo(content);
        }
      }
    }
  }

  @Test
  void compression_carries_a_file() throws Exception {
    try (StorageManager manager = SshDisk.on(server).with("compression", true).open()) {
      byte[] content = new byte[3_000_000];
      SshDisk.of(manager).save("z", io.diskmap.Content.of(content));
      try (var in = SshDisk.of(manager).download("z")) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
    }
  }

  @Test
  void a_password_logs_in_whatever_characters_it_has() throws Exception {
    for (String password : List.of("Pw-4242", "a,b, c", "päßwörd \\ 'x'")) {
      try (MinaServer mina = new MinaServer(password);
          StorageManager manager =
              SshDisk.to("127.0.0.1", mina.port(), MinaServer.USER)
                  .with("password", password.replace("\\", "\\\\"))
                  .with("host_key", mina.fingerprint())
                  .open()) {
        assertThat(SshDisk.of(manager).health().problem()).isEmpty();
      }
    }
  }
}
