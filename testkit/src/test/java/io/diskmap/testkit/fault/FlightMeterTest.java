package io.diskmap.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FlightMeterTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private HttpServer server;
  private FaultProxy proxy;
  private HttpFlightMeter meter;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
          boolean empty = exchange.getRequestURI().getPath().equals("/empty");
          if (exchange.getRequestMethod().equals("HEAD") && !empty) {
            exchange.getResponseHeaders().set("Content-Length", "1000000");
          }
          exchange.sendResponseHeaders(
              empty ? 204 : 200,
              empty || body.length == 0 || exchange.getRequestMethod().equals("HEAD")
                  ? -1
                  : chunked ? 0 : body.length);
          if (!empty && body.length > 0) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    proxy = FaultProxy.to(server.getAddress());
    meter = proxy.meter(new HttpFlightMeter());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    server.stop(0);
    workers.shutdownNow();
  }

  @Test
  void one_request_after_another_is_one_in_flight() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (String path : List.of("/sized", "/chunked", "/empty", "/sized")) {
      client.send(post(path, 100_000), BodyHandlers.ofByteArray());
      client.send(chunkedPost(path), BodyHandlers.ofByteArray());
      client.send(
          request(path).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.discarding());
      client.send(request(path).GET().build(), BodyHandlers.discarding());
    }
    assertThat(meter.total()).isEqualTo(16);
    assertThat(meter.peak()).isEqualTo(1);
    assertThat(meter.current()).isZero();
  }

  @Test
  void parallel_requests_are_counted_over_all_connections() throws Exception {
    proxy.stall(Direction.TO_CLIENT);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      answers.add(client.sendAsync(post("/sized", 1000), BodyHandlers.ofByteArray()));
    }
    Eventually.holds("all are under way", SOON, () -> meter.current() == 9);
    proxy.thaw(Direction.TO_CLIENT);
    answers.forEach(CompletableFuture::join);
    assertThat(meter.peak()).isEqualTo(9);
    assertThat(meter.current()).isZero();
  }

  @Test
  void an_interim_reply_answers_nothing_and_a_cut_ends_the_account() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      String head = "POST /sized HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
      socket
          .getOutputStream()
          .write((head + "Content-Length: 5\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 100");
      assertThat(meter.current()).isEqualTo(1);
      proxy.resetAll();
      Eventually.holds("the request is gone", SOON, () -> meter.current() == 0);
    }
    assertThat(meter.peak()).isEqualTo(1);
  }

  @Test
  void what_is_not_http_is_an_error_and_not_a_zero() throws Exception {
    FaultProxy other = FaultProxy.to(server.getAddress());
    other.meter(new HttpFlightMeter());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
      socket.getOutputStream().write("SSH-2.0-client\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(other::close).hasMessageContaining("not HTTP/1.1");
  }

  @Test
  void outstanding_bytes_are_those_on_the_line() throws Exception {
    try (LineServer echo = LineServer.echo();
        FaultProxy line = FaultProxy.to(echo.address())) {
      OutstandingBytes bytes = line.meter(OutstandingBytes.of(Direction.TO_SERVER));
      line.delay(Direction.TO_SERVER, Duration.ofSeconds(2));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
        for (int i = 0; i < 8; i++) {
          socket.getOutputStream().write(new byte[1000]);
        }
        assertThat(socket.getInputStream().readNBytes(8000)).hasSize(8000);
        assertThat(bytes.peak()).isEqualTo(8000);
        assertThat(bytes.current()).isZero();
        line.delay(Direction.TO_SERVER, Duration.ofHours(1));
        socket.getOutputStream().write(new byte[500]);
        Eventually.holds("they are on the line", SOON, () -> bytes.current() == 500);
        line.resetAll();
        Eventually.holds("they are gone", SOON, () -> bytes.current() == 0);
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + path));
  }

  private HttpRequest post(String path, int bytes) {
    return request(path).POST(BodyPublishers.ofByteArray(new byte[bytes])).build();
  }

  private HttpRequest chunkedPost(String path) {
    return request(path)
        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[70_000])))
        .build();
  }
}
