package io.diskmap.http.server.internal.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.internal.EngineLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the stand-alone engine does with slow, greedy and impatient peers. */
@Timeout(180)
final class UndertowEngineTest {
  private static final EngineLimits STRICT =
      new EngineLimits(
          2, 16, 4096, Duration.ofSeconds(3), Duration.ofSeconds(3), 1024, Duration.ofSeconds(1));

  @TempDir Path directory;

  private static UndertowEngine engine(HttpHandler handler, EngineLimits limits)
      throws IOException {
    return new UndertowEngine(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, handler, limits);
  }

  private static void reply(HttpExchange exchange, String text) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = exchange.output(octets.length)) {
      out.write(octets);
    }
  }

  @Test
  void a_head_that_never_ends_is_given_up() throws IOException {
    try (UndertowEngine engine = engine(exchange -> reply(exchange, "no"), STRICT);
        RawConnection connection = new RawConnection(engine.address())) {
      connection.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
      assertThat(connection.readToEnd()).doesNotContain("200");
    }
  }

  @Test
  void an_idle_connection_is_closed() throws IOException {
    try (UndertowEngine engine = engine(exchange -> reply(exchange, "yes"), STRICT);
        RawConnection silent = new RawConnection(engine.address());
        RawConnection kept = new RawConnection(engine.address())) {
      kept.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(kept.readResponse()).endsWith("yes");
      assertThat(kept.readToEnd()).isEmpty();
      assertThat(silent.readToEnd()).isEmpty();
    }
  }

  @Test
  void a_body_slower_than_the_minimum_rate_is_given_up() throws Exception {
    CompletableFuture<Exception> failure = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          try (InputStream body = exchange.body()) {
            body.readAllBytes();
          } catch (IOException e) {
            failure.complete(e);
            throw e;
          }
        };
    try (UndertowEngine engine = engine(handler, STRICT);
        RawConnection connection = new RawConnection(engine.address())) {
      connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
      assertThat(failure.get(60, TimeUnit.SECONDS)).hasMessageContaining("minimum rate");
    }
  }

  @Test
  void a_reader_slower_than_the_minimum_rate_is_given_up() throws Exception {
    CompletableFuture<Exception> failure = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          try (OutputStream out = exchange.output(-1)) {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < 1000; i++) {
              out.write(block);
            }
          } catch (IOException e) {
            failure.complete(e);
            throw e;
          }
        };
    try (UndertowEngine engine = engine(handler, STRICT);
        RawConnection connection = new RawConnection(engine.address())) {
      connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(failure.get(60, TimeUnit.SECONDS)).hasMessageContaining("minimum rate");
    }
  }

  @Test
  void more_requests_than_the_limit_are_answered_503() throws Exception {
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch free = new CountDownLatch(1);
    HttpHandler handler =
        exchange -> {
          inside.countDown();
          awaitUninterrupted(free);
          reply(exchange, "served");
        };
    try (UndertowEngine engine = engine(handler, STRICT);
        RawConnection one = new RawConnection(engine.address());
        RawConnection two = new RawConnection(engine.address())) {
      one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      two.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      try (RawConnection three = new RawConnection(engine.address())) {
        three.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(three.readResponse()).startsWith("HTTP/1.1 503").contains("Retry-After: 1");
      }
      free.countDown();
      assertThat(one.readResponse()).endsWith("served");
      assertThat(two.readResponse()).endsWith("served");
    }
  }

  @Test
  void a_body_is_asked_for_only_when_it_is_wanted() throws IOException {
    HttpHandler handler =
        exchange -> {
          if (exchange.rawPath().equals("/wanted")) {
            reply(exchange, new String(exchange.body().readAllBytes(), StandardCharsets.UTF_8));
          } else {
            exchange.status(401);
            reply(exchange, "refused");
          }
        };
    try (UndertowEngine engine = engine(handler, EngineLimits.defaults())) {
      String head = " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
      try (RawConnection wanted = new RawConnection(engine.address())) {
        wanted.send("PUT /wanted" + head);
        assertThat(wanted.readResponse()).startsWith("HTTP/1.1 100");
        wanted.send("hello");
        assertThat(wanted.readResponse()).startsWith("HTTP/1.1 200").endsWith("hello");
      }
      try (RawConnection refused = new RawConnection(engine.address())) {
        refused.send("PUT /refused" + head);
        assertThat(refused.readToEnd())
            .startsWith("HTTP/1.1 401")
            .containsIgnoringCase("connection: close")
            .endsWith("refused");
      }
    }
  }

  @Test
  void a_refusal_is_seen_although_a_body_is_under_way() throws IOException {
    HttpHandler handler =
        exchange -> {
          exchange.status(413);
          reply(exchange, "too large");
        };
    try (UndertowEngine engine = engine(handler, EngineLimits.defaults());
        RawConnection connection = new RawConnection(engine.address())) {
      connection.send(
          "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000));
      assertThat(connection.readToEnd()).startsWith("HTTP/1.1 413").endsWith("too large");
    }
  }

  @Test
  void a_stop_lets_what_is_under_way_finish() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    HttpHandler handler =
        exchange -> {
          inside.countDown();
          awaitUninterrupted(free);
          reply(exchange, "finished");
        };
    UndertowEngine engine = engine(handler, EngineLimits.defaults());
    try (RawConnection connection = new RawConnection(engine.address())) {
      connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      Thread stopper = new Thread(() -> engine.stop(Duration.ofSeconds(60)));
      stopper.start();
      free.countDown();
      assertThat(connection.readResponse()).endsWith("finished");
      stopper.join();
    }
  }

  @Test
  void a_part_of_a_file_is_exactly_that_part() throws Exception {
    byte[] content = new byte[1 << 20];
    new Random(1).nextBytes(content);
    Path file = Files.write(directory.resolve("file"), content);
    long[][] parts = {{0, 1}, {7, 9}, {100, 16_384}, {100, 16_385}, {500_000, 500_000}};
    for (long[] part : parts) {
      HttpHandler handler =
          exchange -> {
            try (FileChannel channel = FileChannel.open(file)) {
              exchange.sendFile(channel, part[0], part[1], count -> {});
              assertThat(channel.position()).isZero();
            }
          };
      try (UndertowEngine engine = engine(handler, EngineLimits.defaults());
          RawConnection connection = new RawConnection(engine.address())) {
        connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        String answer = connection.readToEnd();
        byte[] body =
            answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        int from = (int) part[0];
        assertThat(body).isEqualTo(Arrays.copyOfRange(content, from, from + (int) part[1]));
      }
    }
  }

  @Test
  void a_file_that_is_replaced_in_mid_send_goes_out_as_it_was() throws Exception {
    Path file = directory.resolve("file");
    byte[] old = new byte[64 << 20];
    Arrays.fill(old, (byte) 'o');
    Files.write(file, old);
    AtomicReference<FileChannel> open = new AtomicReference<>();
    HttpHandler handler =
        exchange -> {
          try (FileChannel channel = FileChannel.open(file)) {
            open.set(channel);
            exchange.sendFile(channel, 1, channel.size() - 1, count -> {});
          }
        };
    try (UndertowEngine engine = engine(handler, EngineLimits.defaults());
        java.net.Socket socket =
            new java.net.Socket(engine.address().getAddress(), engine.address().getPort())) {
      socket.setReceiveBufferSize(64 * 1024);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes("US-ASCII"));
      InputStream in = socket.getInputStream();
      byte[] begin = in.readNBytes(1 << 20);
      Path other = Files.write(directory.resolve("other"), "new".getBytes("US-ASCII"));
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      byte[] rest = in.readAllBytes();
      String text = new String(begin, StandardCharsets.ISO_8859_1);
      int head = text.indexOf("\r\n\r\n") + 4;
      assertThat(text).contains("Content-Length: " + (old.length - 1));
      assertThat(begin.length - head + rest.length).isEqualTo(old.length - 1);
      for (byte octet : rest) {
        if (octet != 'o') {
          assertThat((char) octet).isEqualTo('o');
        }
      }
    }
    assertThat(open.get().isOpen()).isFalse();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
