package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.CallContext;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.DepartingChunk;
import io.diskmap.testkit.invariant.Eventually;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the client gives a connection up that takes or gives no bytes. */
class BufferedSocketsTest {
  @TempDir private Path directory;

  /** What uses a socket until that fails. */
  @FunctionalInterface
  private interface Use {
    IOException untilItFails(Socket socket);
  }

  private static void requireTimeout(Use use) throws Exception {
    BufferedSockets sockets = new BufferedSockets(Duration.ofMillis(50));
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = sockets.createSocket(silent.getInetAddress(), silent.getLocalPort());
        Socket peer = silent.accept()) {
      peer.getOutputStream().write(7);
      assertThat(socket.getInputStream().read()).isEqualTo(7);
      CompletableFuture<IOException> ended =
          CompletableFuture.supplyAsync(() -> use.untilItFails(socket));
      Eventually.holds(
          "what stands still has ended",
          () -> {
            sockets.breakStalled();
            return ended.isDone();
          });
      assertThat(ended.join()).isInstanceOf(SocketTimeoutException.class);
      assertThat(socket.isClosed()).isTrue();
    }
  }

  @Test
  void a_write_that_stands_still_ends_in_a_timeout() throws Exception {
    requireTimeout(BufferedSocketsTest::writeUntilItFails);
  }

  @Test
  void a_read_that_stands_still_ends_in_a_timeout() throws Exception {
    requireTimeout(BufferedSocketsTest::readUntilItFails);
  }

  @Test
  void a_file_that_is_moved_and_stands_still_ends_in_a_timeout() throws Exception {
    requireTimeout(socket -> moveUntilItFails((BufferedSocket) socket, new AtomicLong()));
  }

  @Test
  void closing_ends_a_move_that_nobody_takes() throws Exception {
    BufferedSockets sockets = new BufferedSockets(Duration.ofDays(1));
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = sockets.createSocket(silent.getInetAddress(), silent.getLocalPort());
        Socket peer = silent.accept()) {
      AtomicLong moved = new AtomicLong();
      CompletableFuture<IOException> ended =
          CompletableFuture.supplyAsync(() -> moveUntilItFails((BufferedSocket) socket, moved));
      awaitStandstill(moved);
      socket.close();
      assertThat(ended.get(20, TimeUnit.SECONDS)).isNotInstanceOf(StorageException.class);
      assertThat(socket.isClosed()).isTrue();
      assertThat(peer.getInputStream().read()).as("what was moved before").isZero();
    }
  }

  /** Looks until nothing has moved for some looks. */
  private static void awaitStandstill(AtomicLong moved) throws InterruptedException {
    AtomicLong before = new AtomicLong();
    AtomicInteger looks = new AtomicInteger();
    Eventually.holds(
        "the move stands still",
        () -> {
          long now = moved.get();
          boolean same = now > 0 && before.getAndSet(now) == now;
          return looks.updateAndGet(count -> same ? count + 1 : 0) >= 10;
        });
  }

  private IOException moveUntilItFails(BufferedSocket socket, AtomicLong moved) {
    Call call = Call.unbounded(CallContext.none());
    try (FileChannel file = FileChannel.open(zeros(), StandardOpenOption.READ)) {
      while (true) {
        DepartingChunk chunk = new DepartingChunk(file, 0, 1 << 20, new ChunkPool(1 << 20));
        socket.send(chunk, moved::incrementAndGet, call);
      }
    } catch (IOException e) {
      return e;
    }
  }

  private Path zeros() throws IOException {
    return Files.write(directory.resolve("zeros"), new byte[1 << 20]);
  }

  @Test
  void a_connection_on_which_nothing_is_awaited_is_left_alone() throws Exception {
    BufferedSockets sockets = new BufferedSockets(Duration.ofNanos(1));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = sockets.createSocket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      socket.getOutputStream().write(7);
      socket.getOutputStream().flush();
      sockets.breakStalled();
      assertThat(peer.getInputStream().read()).isEqualTo(7);
      assertThat(socket.isClosed()).isFalse();
      assertThat(socket.getTcpNoDelay()).isTrue();
    }
  }

  private static IOException readUntilItFails(Socket socket) {
    try {
      while (socket.getInputStream().read() >= 0) {
        continue;
      }
      return new EOFException("the peer has ended");
    } catch (IOException e) {
      return e;
    }
  }

  private static IOException writeUntilItFails(Socket socket) {
    try (OutputStream out = socket.getOutputStream()) {
      while (true) {
        out.write(new byte[1 << 20]);
      }
    } catch (IOException e) {
      return e;
    }
  }
}
