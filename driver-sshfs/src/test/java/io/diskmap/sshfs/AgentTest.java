package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logging in with the keys of an SSH agent. */
@Timeout(120)
@NeedsOpenSsh
class AgentTest {
  private static final Tool AGENT = Tool.ofPackage("ssh-agent", "openssh-client");
  private static final Tool ADD = Tool.ofPackage("ssh-add", "openssh-client");

  @TempDir private Path temp;
  private OpenSshServer server;
  private Path socket;
  private ServerProcess agent;

  @BeforeEach
  void start() throws Exception {
    server = OpenSshServer.launch();
    socket = temp.resolve("agent");
    agent =
        ServerProcess.builder(
                "ssh-agent", List.of(AGENT.path().toString(), "-D", "-a", socket.toString()))
            .readyWhen(process -> answers(socket))
            .start();
  }

  private static boolean answers(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    }
  }

  @AfterEach
  void stop() {
    agent.close();
    server.close();
  }

  private SshDisk disk() {
    return SshDisk.on(server).without("identity_file").with("agent", socket);
  }

  private void add(Path key) throws Exception {
    ADD.run(
            Duration.ofSeconds(20),
            Map.of("SSH_AUTH_SOCK", socket.toString()),
            "-q",
            key.toString())
        .orFail();
  }

  @Test
  void a_key_of_every_type_that_the_agent_holds_logs_in() throws Exception {
    for (String type : List.of("ed25519", "ecdsa", "rsa")) {
      Path key = temp.resolve(type);
      OpenSshServer.key(key, type, "");
      Files.write(
          server.authorizedKeys(),
          Files.readAllBytes(temp.resolve(type + ".pub")),
          StandardOpenOption.TRUNCATE_EXISTING);
      add(key);
      Logins.requireOpens(disk());
    }
  }

  @Test
  void an_agent_without_a_key_that_the_server_takes_is_an_authentication_failure()
      throws Exception {
    Logins.requireRefused(disk(), ErrorKind.UNAUTHENTICATED, "nothing to log in with");
    Path stranger = temp.resolve("stranger");
    OpenSshServer.key(stranger, "ed25519", "");
    add(stranger);
    Logins.requireRefused(disk(), ErrorKind.UNAUTHENTICATED, "authorized_keys");
  }

  @Test
  void an_agent_that_is_not_there_or_does_not_answer_is_said_so_in_time() throws Exception {
    Logins.requireRefused(
        disk().with("agent", temp.resolve("missing")), ErrorKind.UNAUTHENTICATED, "option agent");
    Path silent = temp.resolve("silent");
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(silent));
      long start = System.nanoTime();
      Logins.requireRefused(
          disk().with("agent", silent).with("connect_timeout", "5s"),
          ErrorKind.UNAUTHENTICATED,
          "option agent");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }
  }
}
