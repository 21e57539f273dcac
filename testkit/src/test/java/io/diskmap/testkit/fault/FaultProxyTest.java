package io.diskmap.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FaultProxyTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final List<AutoCloseable> toClose = new ArrayList<>();

  @AfterEach
  void close_everything() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  @Test
  void bytes_and_ends_pass_unharmed() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket client = connect(proxy);
    byte[] sent = new byte[3_000_000];
    new Random(7).nextBytes(sent);
    Thread writer = new Thread(() -> writeAndEnd(client, sent));
    writer.start();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
    assertThat(proxy.bytesIn(Direction.TO_SERVER)).isEqualTo(sent.length);
    assertThat(proxy.bytesOut(Direction.TO_SERVER)).isEqualTo(sent.length);
    assertThat(proxy.bytesOut(Direction.TO_CLIENT)).isEqualTo(sent.length);
    assertThat(proxy.accepted()).isEqualTo(1);
    Eventually.holds("the connection is gone", SOON, () -> proxy.open() == 0);
  }

  @Test
  void a_reset_of_the_server_reaches_the_client() throws Exception {
    FaultProxy proxy = proxy(new LineServer((server, socket) -> socket.setSoLinger(true, 0)));
    Socket client = connect(proxy);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void a_server_that_is_down_shows_as_a_reset() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    server.close();
    Socket client = connect(proxy);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void a_delay_holds_each_byte_back_by_its_time() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    proxy.delay(Duration.ofMillis(60));
    Socket client = connect(proxy);
    long start = System.nanoTime();
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).isEqualTo(1);
    assertThat(millisSince(start)).isBetween(120L, 10_000L);
  }

  @Test
  void a_delay_leaves_the_throughput_alone() throws Exception {
    LineServer server = LineServer.sink();
    FaultProxy proxy = proxy(server);
    proxy.delay(Direction.TO_SERVER, Duration.ofMillis(100));
    Socket client = connect(proxy);
    long start = System.nanoTime();
    client.getOutputStream().write(new byte[10_000_000]);
    Eventually.holds("all has arrived", SOON, () -> server.received() == 10_000_000);
    assertThat(millisSince(start)).isBetween(100L, 12_000L);
  }

  @Test
  void a_rate_limits_all_connections_together() throws Exception {
    LineServer server = LineServer.sink();
    FaultProxy proxy = proxy(server);
    proxy.rate(Direction.TO_SERVER, 1_000_000);
    long start = System.nanoTime();
    connect(proxy).getOutputStream().write(new byte[250_000]);
    connect(proxy).getOutputStream().write(new byte[250_000]);
    Eventually.holds("all has arrived", SOON, () -> server.received() == 500_000);
    assertThat(millisSince(start)).isBetween(450L, 20_000L);
  }

  @Test
  void a_slow_line_holds_its_sender_back() throws Exception {
    FaultProxy proxy = proxy(LineServer.sink());
    proxy.rate(Direction.TO_SERVER, 1000);
    Socket client = connect(proxy);
    Thread writer = new Thread(() -> writeAndEnd(client, new byte[50_000_000]));
    writer.setDaemon(true);
    writer.start();
    Eventually.holds("some bytes passed", SOON, () -> proxy.bytesOut(Direction.TO_SERVER) > 100);
    assertThat(proxy.bytesIn(Direction.TO_SERVER)).isLessThan(20_000);
    assertThat(writer.isAlive()).isTrue();
  }

  @Test
  void a_stall_stops_the_bytes_and_a_thaw_loses_none() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket client = connect(proxy);
    exchange(client, "before");
    proxy.stall(Direction.TO_CLIENT);
    client.getOutputStream().write("during".getBytes(StandardCharsets.US_ASCII));
    client.setSoTimeout(100);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    proxy.thaw(Direction.TO_CLIENT);
    client.setSoTimeout(60_000);
    assertThat(new String(client.getInputStream().readNBytes(6), StandardCharsets.US_ASCII))
        .isEqualTo("during");
  }

  @Test
  void a_stall_of_one_connection_leaves_the_others_alone() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket stalled = connect(proxy);
    exchange(stalled, "x");
    proxy.connections().get(0).stall(Direction.TO_SERVER);
    exchange(connect(proxy), "flows");
    stalled.getOutputStream().write(1);
    stalled.setSoTimeout(100);
    assertThatThrownBy(() -> stalled.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void a_half_close_ends_one_direction_and_keeps_the_other() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    Socket client = connect(proxy);
    exchange(client, "x");
    proxy.halfClose(Direction.TO_CLIENT);
    assertThat(client.getInputStream().read()).isEqualTo(-1);
    client.getOutputStream().write(new byte[100]);
    Eventually.holds("the server still gets bytes", SOON, () -> server.received() == 101);
    client.close();
    Eventually.holds("the connection is gone", SOON, () -> proxy.open() == 0 && server.open() == 0);
  }

  @Test
  void a_reset_breaks_both_sides() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    Socket client = connect(proxy);
    exchange(client, "x");
    proxy.resetAll();
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
    Eventually.holds("the server's side is gone", SOON, () -> server.open() == 0);
    assertThat(proxy.open()).isZero();
    exchange(connect(proxy), "the next one works");
  }

  @Test
  void an_orderly_close_reads_as_the_end() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket client = connect(proxy);
    exchange(client, "x");
    proxy.closeAll();
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void a_refusing_proxy_refuses_and_comes_back_on_the_same_port() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket old = connect(proxy);
    exchange(old, "x");
    for (int round = 0; round < 20; round++) {
      proxy.refuse();
      assertThatThrownBy(() -> connect(proxy)).isInstanceOf(ConnectException.class);
      proxy.accept();
      exchange(connect(proxy), "round " + round);
    }
    exchange(old, "open connections are left alone");
  }

  @Test
  void a_black_hole_accepts_and_never_answers() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    proxy.blackHole();
    Socket client = connect(proxy);
    client.getOutputStream().write(1);
    client.setSoTimeout(100);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(server.received()).isZero();
    proxy.heal();
    client.setSoTimeout(60_000);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
    exchange(connect(proxy), "healed");
  }

  @Test
  void a_cut_passes_exactly_its_bytes_and_ends_the_stream() throws Exception {
    FaultProxy proxy = proxy(LineServer.source(1_000_000));
    Trip cut = proxy.cutAfter(Direction.TO_CLIENT, 123_457, Ending.FIN);
    assertThat(connect(proxy).getInputStream().readAllBytes()).hasSize(123_457);
    cut.await(SOON);
    assertThat(proxy.bytesOut(Direction.TO_CLIENT)).isEqualTo(123_457);
    assertThat(connect(proxy).getInputStream().readAllBytes()).hasSize(1_000_000);
  }

  @Test
  void a_cut_towards_the_server_counts_over_all_connections() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    Socket first = connect(proxy);
    Trip cut = proxy.cutAfter(Direction.TO_SERVER, 30, Ending.FIN);
    exchange(first, "twenty bytes of text");
    assertThat(cut.fired()).isFalse();
    Socket second = connect(proxy);
    second.getOutputStream().write(new byte[20]);
    cut.await(SOON);
    Eventually.holds("exactly 30 bytes have arrived", SOON, () -> server.received() == 30);
    exchange(first, "the first one goes on");
  }

  @Test
  void a_cut_by_reset_is_seen_as_a_reset() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket client = connect(proxy);
    Trip cut = proxy.cutAfter(Direction.TO_SERVER, 0, Ending.RESET);
    client.getOutputStream().write(1);
    cut.await(SOON);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThat(proxy.bytesOut(Direction.TO_SERVER)).isZero();
  }

  @Test
  void a_standing_cut_strikes_each_connection_until_healed() throws Exception {
    FaultProxy proxy = proxy(LineServer.source(10_000));
    proxy.cutEachAfter(Direction.TO_CLIENT, 1000, Ending.FIN);
    for (int i = 0; i < 3; i++) {
      assertThat(connect(proxy).getInputStream().readAllBytes()).hasSize(1000);
    }
    proxy.heal();
    assertThat(connect(proxy).getInputStream().readAllBytes()).hasSize(10_000);
  }

  @Test
  void a_lost_reply_leaves_the_request_done() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    Trip lost = proxy.dropReplyTo("commit", Ending.RESET);
    Socket client = connect(proxy);
    exchange(client, "begin");
    client.getOutputStream().write("com".getBytes(StandardCharsets.US_ASCII));
    assertThat(client.getInputStream().readNBytes(3)).hasSize(3);
    client.getOutputStream().write("mit now".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(
            () -> {
              while (client.getInputStream().read() >= 0) {
                assertThat(lost.fired()).isFalse();
              }
            })
        .isInstanceOf(SocketException.class);
    lost.await(SOON);
    Eventually.holds(
        "the request has arrived", SOON, () -> server.received() == "begincommit now".length());
    exchange(connect(proxy), "commit");
  }

  @Test
  void dropped_replies_end_in_an_orderly_close_when_asked() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    Socket client = connect(proxy);
    exchange(client, "x");
    proxy.dropReplies(Ending.FIN);
    client.getOutputStream().write(new byte[100]);
    assertThat(client.getInputStream().readAllBytes()).isEmpty();
  }

  @Test
  void an_action_runs_before_the_pattern_is_complete_at_the_receiver() throws Exception {
    LineServer server = LineServer.echo();
    FaultProxy proxy = proxy(server);
    Trip second =
        proxy.when(
            Direction.TO_SERVER,
            "needle".getBytes(StandardCharsets.US_ASCII),
            2,
            connection -> connection.cutAfter(Direction.TO_SERVER, 1, Ending.FIN));
    Socket client = connect(proxy);
    exchange(client, "a needle");
    client.getOutputStream().write("bbb needneedle ccc".getBytes(StandardCharsets.US_ASCII));
    String answered = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat("bbb needneedle").startsWith(answered);
    second.await(SOON);
    Eventually.holds("it has seen the pattern", SOON, () -> server.received() == 8 + 14);
  }

  @Test
  void an_action_is_not_cut_short_by_the_end_of_its_connection() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    AtomicBoolean interrupted = new AtomicBoolean();
    Trip action =
        proxy.when(
            Direction.TO_SERVER,
            "needle".getBytes(StandardCharsets.US_ASCII),
            1,
            connection -> {
              Thread breaking = new Thread(connection::reset);
              breaking.start();
              try {
                breaking.join();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
            });
    Socket client = connect(proxy);
    client.getOutputStream().write("needle".getBytes(StandardCharsets.US_ASCII));
    action.await(SOON);
    assertThat(interrupted).isFalse();
  }

  @Test
  void an_observer_sees_all_bytes_and_can_break_the_line() throws Exception {
    FaultProxy proxy = proxy(LineServer.echo());
    AtomicLong seen = new AtomicLong();
    proxy.onData(
        Direction.TO_SERVER,
        (connection, data) -> {
          if (seen.addAndGet(data.remaining()) > 5) {
            connection.reset();
          }
        });
    Socket client = connect(proxy);
    exchange(client, "12345");
    client.getOutputStream().write(6);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThat(proxy.bytesOut(Direction.TO_SERVER)).isEqualTo(5);
  }

  @Test
  void an_observer_that_fails_is_told_on_close() throws Exception {
    LineServer server = closing(LineServer.echo());
    FaultProxy proxy = FaultProxy.to(server.address());
    proxy.onData(
        Direction.TO_SERVER,
        (connection, data) -> {
          throw new AssertionError("not what was expected");
        });
    Socket client = connect(proxy);
    client.getOutputStream().write(1);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThatThrownBy(proxy::close).hasMessageContaining("not what was expected");
  }

  @Test
  void a_new_target_takes_new_connections() throws Exception {
    FaultProxy proxy = proxy(LineServer.source(10));
    assertThat(connect(proxy).getInputStream().readAllBytes()).hasSize(10);
    proxy.retarget(closing(LineServer.source(20)).address());
    assertThat(connect(proxy).getInputStream().readAllBytes()).hasSize(20);
  }

  @Test
  void close_leaves_no_thread_connection_or_port() throws Exception {
    LineServer server = closing(LineServer.echo());
    FaultProxy proxy = FaultProxy.to(server.address());
    proxy.delay(Duration.ofHours(1));
    proxy.stall(Direction.TO_CLIENT);
    for (int i = 0; i < 5; i++) {
      connect(proxy).getOutputStream().write(new byte[1000]);
    }
    proxy.blackHole();
    connect(proxy);
    Eventually.holds("all were accepted", SOON, () -> proxy.open() == 6);
    proxy.close();
    proxy.close();
    assertThat(proxy.open()).isZero();
    Eventually.holds("the server's side is gone", SOON, () -> server.open() == 0);
    Eventually.holds(
        "no thread is left",
        SOON,
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("fault-proxy-" + proxy.port())));
    assertThatThrownBy(() -> connect(proxy)).isInstanceOf(ConnectException.class);
  }

  private FaultProxy proxy(LineServer server) throws IOException {
    closing(server);
    return closing(FaultProxy.to(server.address()));
  }

  private Socket connect(FaultProxy proxy) throws IOException {
    return closing(new Socket(InetAddress.getLoopbackAddress(), proxy.port()));
  }

  private <C extends AutoCloseable> C closing(C resource) {
    toClose.add(resource);
    return resource;
  }

  private static void exchange(Socket socket, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    socket.getOutputStream().write(bytes);
    assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  private static void writeAndEnd(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
    } catch (IOException ended) {
      // The test closes the socket while this still writes.
    }
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
