package io.diskmap.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ServerProcessTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void a_server_starts_answers_and_starts_again() throws Exception {
    int port = FreePort.find();
    try (ServerProcess server = echo(port).start()) {
      exchange(port);
      long first = server.pid().orElseThrow();
      server.restart();
      assertThat(server.pid().orElseThrow()).isNotEqualTo(first);
      exchange(port);
      server.kill9();
      assertThat(server.running()).isFalse();
      server.start();
      exchange(port);
      assertThat(server.logTail()).contains("listening");
    }
  }

  @Test
  void a_frozen_server_keeps_its_socket_and_does_not_answer() throws Exception {
    int port = FreePort.find();
    try (ServerProcess server = echo(port).start();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      exchange(socket);
      server.freeze();
      socket.getOutputStream().write(7);
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      server.thaw();
      socket.setSoTimeout(60_000);
      assertThat(socket.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void a_server_that_ends_at_once_shows_its_log() {
    ServerProcess.Builder broken =
        ServerProcess.builder("broken", List.of("sh", "-c", "echo no such configuration; exit 4"))
            .readyWhen(Readiness.port("127.0.0.1", 1));
    assertThatThrownBy(broken::start)
        .hasMessageContaining("exit code 4")
        .hasMessageContaining("no such configuration");
  }

  @Test
  void a_server_that_never_gets_ready_is_killed() throws Exception {
    ServerProcess server =
        ServerProcess.builder("slow", List.of("sh", "-c", "echo waking up; sleep 100"))
            .readyWhen(ServerProcessTest::neverOnceAwake)
            .startTimeout(Duration.ofMillis(300))
            .build();
    assertThatThrownBy(server::start)
        .hasMessageContaining("not ready within")
        .hasMessageContaining("waking up");
    assertThat(server.running()).isFalse();
  }

  private static boolean neverOnceAwake(ServerProcess server) throws InterruptedException {
    Eventually.holds("it has spoken", SOON, () -> server.logTail().contains("waking up"));
    return false;
  }

  @Test
  void stopping_takes_the_children_along() throws Exception {
    Path pidFile = directory.resolve("pid");
    ServerProcess server =
        ServerProcess.builder("parent", List.of("sh", "-c", "sleep 100 & echo $! > pid; wait"))
            .directory(directory)
            .environment("LANG", "C")
            .log(directory.resolve("log"))
            .readyWhen(s -> Files.exists(pidFile) && Files.size(pidFile) > 0)
            .start();
    long child = Long.parseLong(Files.readString(pidFile).strip());
    server.close();
    awaitGone(child);
    server.close();
  }

  @Test
  void a_server_that_ignores_the_request_to_end_is_killed() throws Exception {
    try (ServerProcess server =
        ServerProcess.builder(
                "deaf", List.of("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"))
            .readyWhen(Readiness.logged("up"))
            .grace(Duration.ofMillis(200))
            .start()) {
      server.stop();
      assertThat(server.running()).isFalse();
    }
  }

  @Test
  void servers_and_children_die_with_the_jvm_that_started_them() throws Exception {
    List<Long> pids;
    try (ChildJvm child = ChildJvm.of(StarterMain.class).start()) {
      String line = child.awaitLine("started", SOON);
      pids = List.of(line.split(" ")).stream().skip(1).map(Long::valueOf).toList();
      child.awaitSuccess(SOON);
    }
    assertThat(pids).hasSize(2);
    for (long pid : pids) {
      awaitGone(pid);
    }
  }

  @Test
  void free_ports_are_free_and_different() {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      assertThat(ports.add(FreePort.find())).isTrue();
    }
  }

  private static void awaitGone(long pid) throws InterruptedException {
    Eventually.holds(
        "process " + pid + " is gone",
        SOON,
        () -> ProcessHandle.of(pid).map(Reaper::runs).orElse(false).equals(false));
  }

  private static ServerProcess.Builder echo(int port) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = ChildClassPath.of(EchoMain.class).value();
    return ServerProcess.builder(
            "echo", List.of(java, "-cp", classPath, EchoMain.class.getName(), "" + port))
        .readyWhen(Readiness.port("127.0.0.1", port));
  }

  private static void exchange(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      exchange(socket);
    }
  }

  private static void exchange(Socket socket) throws IOException {
    socket.getOutputStream().write(42);
    assertThat(socket.getInputStream().read()).isEqualTo(42);
  }
}
