package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.DepartingChunk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request whose body the system moves is on the line what any other is. */
final class MovedFileBodyTest {
  private static final int BEYOND_BUFFERS = 64 * 1024 * 1024;

  @TempDir private Path directory;

  private final Call call = Call.unbounded(CallContext.none());
  private final AtomicInteger steps = new AtomicInteger();
  private ServerSocket server;
  private OkHttpClient client;

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    client =
        HttpClients.create(
            new BufferedSockets(Duration.ofSeconds(30)),
            Duration.ofSeconds(5),
            2,
            Optional.empty());
  }

  @AfterEach
  void stop() throws IOException {
    HttpClients.close(client);
    server.close();
  }

  /** One side of the conversation, on a thread of its own. */
  @FunctionalInterface
  private interface Peer {
    byte[] talk() throws IOException;
  }

  private static CompletableFuture<byte[]> beside(Peer peer) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return peer.talk();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static void answer(Socket socket, String status, String more) throws IOException {
    String text = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n" + more + "\r\n";
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private Path source(byte[] content) throws IOException {
    return Files.write(directory.resolve("source"), content);
  }

  private int put(DepartingChunk chunk) throws IOException {
    Request request =
        new Request.Builder()
            .url("http://127.0.0.1:" + server.getLocalPort() + "/f")
            .put(new FileBody(chunk, steps::incrementAndGet, call))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return response.code();
    }
  }

  private static DepartingChunk chunk(FileChannel file, int from, int length) {
    return new DepartingChunk(file, from, length, new ChunkPool(1 << 20));
  }

  @Test
  void it_follows_its_headers_and_the_connection_goes_on() throws Exception {
    byte[] content = new byte[3_000_000];
    new Random(3).nextBytes(content);
    CompletableFuture<byte[]> received =
        beside(
            () -> {
              try (Socket socket = server.accept()) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                assertThat(head(in)).startsWith("PUT /f ").contains("Content-Length: 2000000\r\n");
                byte[] first = in.readNBytes(2_000_000);
                answer(socket, "200 OK", "");
                assertThat(head(in)).startsWith("PUT /f ").contains("Content-Length: 1000000\r\n");
                byte[] both = Arrays.copyOf(first, 3_000_000);
                in.readNBytes(both, 2_000_000, 1_000_000);
                answer(socket, "200 OK", "");
                return both;
              }
            });
    try (FileChannel file = FileChannel.open(source(content), StandardOpenOption.READ)) {
      assertThat(put(chunk(file, 0, 2_000_000))).isEqualTo(200);
      assertThat(put(chunk(file, 2_000_000, 1_000_000))).isEqualTo(200);
    }
    assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(content);
    assertThat(steps).as("steps that were told").hasValueGreaterThan(2);
  }

  @Test
  void an_answer_that_comes_before_its_end_is_heard() throws Exception {
    CompletableFuture<byte[]> refused =
        beside(
            () -> {
              try (Socket socket = server.accept()) {
                head(socket.getInputStream());
                answer(socket, "507 Insufficient Storage", "Connection: close\r\n");
                return new byte[0];
              }
            });
    try (FileChannel file =
        FileChannel.open(source(new byte[BEYOND_BUFFERS]), StandardOpenOption.READ)) {
      assertThat(put(chunk(file, 0, BEYOND_BUFFERS))).isEqualTo(507);
    }
    assertThat(refused.get(60, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void a_source_that_fails_ends_the_connection_before_the_body_is_whole() throws Exception {
    CompletableFuture<byte[]> received =
        beside(
            () -> {
              try (Socket socket = server.accept()) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                assertThat(head(in)).contains("Content-Length: " + BEYOND_BUFFERS + "\r\n");
                byte[] part = in.readAllBytes();
                assertThat(part.length).isLessThan(BEYOND_BUFFERS);
                return part;
              }
            });
    try (FileChannel file =
        FileChannel.open(source(new byte[BEYOND_BUFFERS - 1]), StandardOpenOption.READ)) {
      DepartingChunk tooLong = chunk(file, 0, BEYOND_BUFFERS);
      assertThatThrownBy(() -> put(tooLong))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.LENGTH_MISMATCH));
    }
    assertThat(received.get(60, TimeUnit.SECONDS)).hasSizeLessThan(BEYOND_BUFFERS);
  }
}
