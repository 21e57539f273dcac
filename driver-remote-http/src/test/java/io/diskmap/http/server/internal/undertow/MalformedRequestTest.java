package io.diskmap.http.server.internal.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.internal.EngineLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two parsers could read differently: each ends in 400 or a closed connection, and
 * what follows it on the connection never reaches the handler.
 */
final class MalformedRequestTest {
  private static final String SECOND = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();
  private static UndertowEngine engine;

  @BeforeAll
  static void start() throws IOException {
    engine =
        new UndertowEngine(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            MalformedRequestTest::echo,
            EngineLimits.defaults());
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private static void echo(HttpExchange exchange) throws IOException {
    SEEN.add(exchange.rawPath());
    byte[] body = exchange.body().readAllBytes();
    byte[] reply = (exchange.rawPath() + " " + body.length).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = exchange.output(reply.length)) {
      out.write(reply);
    }
  }

  static Stream<Arguments> malformed() {
    String post = "POST /first HTTP/1.1\r\nHost: a\r\n";
    String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    return Stream.of(
        Arguments.of(
            "length and chunked",
            post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "chunked and length",
            post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "two different lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde"),
        Arguments.of(
            "two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"),
        Arguments.of("a list of lengths", post + "Content-Length: 5, 5\r\n\r\nabcde"),
        Arguments.of("a signed length", post + "Content-Length: +5\r\n\r\nabcde"),
        Arguments.of("a negative length", post + "Content-Length: -1\r\n\r\n"),
        Arguments.of("a hexadecimal length", post + "Content-Length: 0x5\r\n\r\nabcde"),
        Arguments.of("an empty length", post + "Content-Length: \r\n\r\n"),
        Arguments.of(
            "a length beyond 64 bits", post + "Content-Length: 99999999999999999999\r\n\r\n"),
        Arguments.of(
            "two transfer encodings",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "an unknown transfer encoding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "a list of transfer encodings",
            post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("identity", post + "Transfer-Encoding: identity\r\n\r\n"),
        Arguments.of(
            "a vertical tab before chunked",
            post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("a folded header", "GET /first HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"),
        Arguments.of(
            "a folded header with a tab", "GET /first HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n"),
        Arguments.of(
            "a folded transfer encoding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("a blank before the first header", "GET /first HTTP/1.1\r\n Host: a\r\n\r\n"),
        Arguments.of(
            "a tab before the first header", "GET /first HTTP/1.1\r\n\tX: b\r\nHost: a\r\n\r\n"),
        Arguments.of("a bare LF after the request line", "GET /first HTTP/1.1\nHost: a\r\n\r\n"),
        Arguments.of("a bare LF after a header", "GET /first HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        Arguments.of("a bare LF at the end of the head", "GET /first HTTP/1.1\r\nHost: a\r\n\n"),
        Arguments.of("two bare LFs at the end of the head", "GET /first HTTP/1.1\r\nHost: a\n\n"),
        Arguments.of(
            "a bare CR at the end of the head", "GET /first HTTP/1.1\r\nHost: a\r\n\r\r\n"),
        Arguments.of(
            "a bare CR in a header", "GET /first HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n"),
        Arguments.of("a CR pair before LF", "GET /first HTTP/1.1\r\nHost: a\r\r\n\r\n"),
        Arguments.of("a NUL in a header", "GET /first HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
        Arguments.of("a NUL in a header name", "GET /first HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"),
        Arguments.of("a NUL in the target", "GET /fi\0rst HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of(
            "a control character in a header",
            "GET /first HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n\r\n"),
        Arguments.of("a blank before the colon", post + "Content-Length : 5\r\n\r\nabcde"),
        Arguments.of(
            "a header without a colon", "GET /first HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n"),
        Arguments.of("a header without a name", "GET /first HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
        Arguments.of(
            "a header name with a bracket", "GET /first HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n"),
        Arguments.of("no host", "GET /first HTTP/1.1\r\nX: b\r\n\r\n"),
        Arguments.of("two hosts", "GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Arguments.of("an empty line first", "\r\nGET /first HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("no version", "GET /first\r\nHost: a\r\n\r\n"),
        Arguments.of("a version of its own", "GET /first HTTP/1.9\r\nHost: a\r\n\r\n"),
        Arguments.of("HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Arguments.of("two blanks in the request line", "GET  /first HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("a tab in the request line", "GET\t/first HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("a blank in the target", "GET /fir st HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of(
            "a huge header",
            "GET /first HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(70_000) + "\r\n\r\n"),
        Arguments.of(
            "a great many headers",
            "GET /first HTTP/1.1\r\nHost: a\r\n" + "X: b\r\n".repeat(12_000) + "\r\n"),
        Arguments.of(
            "a huge target", "GET /" + "a".repeat(70_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("a chunk extension", chunked + "5;a=b\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a quoted chunk extension", chunked + "5;a=\"\r\n\"\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a chunk size that is no number", chunked + "zz\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("an empty chunk size", chunked + "\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a signed chunk size", chunked + "+5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a prefixed chunk size", chunked + "0x5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of(
            "a chunk size beyond 64 bits", chunked + "fffffffffffffffff\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a blank behind the chunk size", chunked + "5 \r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a bare LF behind the chunk size", chunked + "5\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a chunk longer than its size", chunked + "3\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("a bare LF behind a chunk", chunked + "5\r\nabcde\n0\r\n\r\n"),
        Arguments.of("a trailer", chunked + "5\r\nabcde\r\n0\r\nX: b\r\n\r\n"),
        Arguments.of("a trailer that is a length", chunked + "0\r\nContent-Length: 40\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void a_malformed_request_ends_its_connection(String name, String request) throws IOException {
    SEEN.clear();
    try (RawConnection connection = new RawConnection(engine.address())) {
      connection.send(request + SECOND);
      connection.endOutput();
      String answer = connection.readToEnd();

      assertThat(SEEN).as("what reached the handler").doesNotContain("/smuggled");
      assertThat(answer).doesNotContain("/smuggled").doesNotContain("HTTP/1.1 200");
    } catch (java.net.SocketException closedWhileSending) {
      assertThat(SEEN).doesNotContain("/smuggled");
    }
  }

  @Test
  void well_formed_requests_share_a_connection() throws IOException {
    SEEN.clear();
    try (RawConnection connection = new RawConnection(engine.address())) {
      connection.send("POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(connection.readResponse()).startsWith("HTTP/1.1 200").endsWith("/one 3");
      connection.send(
          "POST /two HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
      assertThat(connection.readResponse()).startsWith("HTTP/1.1 200").endsWith("/two 3");
      connection.send(
          "GET /three HTTP/1.1\r\nHost: a\r\n\r\nGET /four HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(connection.readResponse()).endsWith("/three 0");
      assertThat(connection.readResponse()).endsWith("/four 0");
    }
    assertThat(SEEN).containsExactly("/one", "/two", "/three", "/four");
  }

  @Test
  void a_request_that_arrives_octet_by_octet_is_served() throws IOException {
    try (RawConnection connection = new RawConnection(engine.address())) {
      String request =
          "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n";
      for (int i = 0; i < request.length(); i++) {
        connection.send(request.substring(i, i + 1));
      }
      assertThat(connection.readResponse()).startsWith("HTTP/1.1 200").endsWith("/slow 5");
    }
  }

  @Test
  void a_body_that_breaks_off_is_never_taken_for_complete() throws IOException {
    for (String cut :
        List.of(
            "POST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
            "POST /cut HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "POST /cut HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")) {
      try (RawConnection connection = new RawConnection(engine.address())) {
        connection.send(cut);
        connection.endOutput();
        assertThat(connection.readToEnd()).doesNotContain("HTTP/1.1 200");
      }
    }
  }
}
