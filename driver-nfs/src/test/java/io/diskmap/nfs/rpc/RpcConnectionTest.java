package io.diskmap.nfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.nfs.xdr.XdrException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records and replies over a real socket, whose peer says whatever the test wants. */
@Timeout(60)
class RpcConnectionTest {
  private static final int MAX_REPLY = 100_000;
  private final ServerSocket listener = listen();

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  /** A handler that keeps what comes. */
  private static final class Waiting implements ReplyHandler {
    final CompletableFuture<byte[]> reply = new CompletableFuture<>();
    final ByteBuffer room;
    final int head;
    volatile int payload;

    Waiting(int head, int room) {
      this.head = head;
      this.room = ByteBuffer.allocateDirect(room);
    }

    @Override
    public int headLength() {
      return head;
    }

    @Override
    public ByteBuffer target(ByteBuffer start) {
      return room.duplicate();
    }

    @Override
    public void reply(ByteBuffer message, int count) {
      payload = count;
      byte[] bytes = new byte[message.remaining()];
      message.get(bytes);
      reply.complete(bytes);
    }

    @Override
    public void lost(IOException why) {
      reply.completeExceptionally(why);
    }
  }

  /** What the peer does with its end of the connection. */
  private interface Peer {
    void serve(DataInputStream in, OutputStream out) throws IOException;
  }

  private RpcConnection connect(Peer peer) throws IOException {
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = listener.accept()) {
                peer.serve(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
              } catch (IOException ended) {
                Thread.currentThread().interrupt();
              }
            });
    thread.setDaemon(true);
    thread.start();
    return RpcConnection.connect(
        "127.0.0.1",
        listener.getLocalPort(),
        Optional.empty(),
        Duration.ofSeconds(10),
        "test-reader",
        MAX_REPLY,
        () -> {});
  }

  private static byte[] readRecord(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt() & Integer.MAX_VALUE];
    in.readFully(bytes);
    return bytes;
  }

  private static byte[] fragment(boolean last, byte... bytes) {
    return ByteBuffer.allocate(4 + bytes.length)
        .putInt(bytes.length | (last ? 1 << 31 : 0))
        .put(bytes)
        .array();
  }

  private static byte[] withXid(int xid, byte... rest) {
    return ByteBuffer.allocate(4 + rest.length).putInt(xid).put(rest).array();
  }

  private static Waiting send(RpcConnection connection, int xid, Waiting handler) {
    connection.send(xid, List.of(ByteBuffer.wrap(withXid(xid, (byte) 1))), handler);
    return handler;
  }

  private static byte[] get(Waiting handler) throws Exception {
    return handler.reply.get(30, TimeUnit.SECONDS);
  }

  private static Throwable failure(Waiting handler) throws Exception {
    try {
      return new AssertionError("a reply came: " + Arrays.toString(get(handler)));
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  @Test
  void replies_find_their_calls_in_any_order() throws Exception {
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              byte[] one = readRecord(in);
              byte[] two = readRecord(in);
              out.write(fragment(true, two));
              out.write(fragment(true, one));
              in.read();
            })) {
      Waiting first = send(connection, 11, new Waiting(0, 0));
      Waiting second = send(connection, 22, new Waiting(0, 0));
      assertThat(get(first)).isEqualTo(withXid(11, (byte) 1));
      assertThat(get(second)).isEqualTo(withXid(22, (byte) 1));
    }
  }

  @Test
  void a_reply_in_fragments_of_one_byte_and_none_is_one_reply() throws Exception {
    byte[] message = withXid(7, new byte[3000]);
    new Random(3).nextBytes(message);
    message[0] = message[1] = message[2] = 0;
    message[3] = 7;
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              readRecord(in);
              for (byte each : message) {
                out.write(fragment(false, each));
                out.write(fragment(false));
              }
              out.write(fragment(true));
              in.read();
            })) {
      assertThat(get(send(connection, 7, new Waiting(0, 0)))).isEqualTo(message);
    }
  }

  @Test
  void a_payload_goes_into_its_buffer_also_across_fragments() throws Exception {
    byte[] payload = new byte[50_000];
    new Random(4).nextBytes(payload);
    byte[] head = withXid(9, new byte[16]);
    byte[] tail = {1, 2, 3, 4};
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              readRecord(in);
              out.write(fragment(false, head));
              out.write(fragment(false, Arrays.copyOf(payload, 123)));
              out.write(fragment(false, Arrays.copyOfRange(payload, 123, payload.length)));
              out.write(fragment(true, tail));
              in.read();
            })) {
      Waiting handler = send(connection, 9, new Waiting(20, payload.length));
      byte[] rest = get(handler);
      assertThat(handler.payload).isEqualTo(payload.length);
      assertThat(rest).startsWith(head).endsWith(tail).hasSize(24);
      byte[] got = new byte[payload.length];
      handler.room.duplicate().get(got);
      assertThat(got).isEqualTo(payload);
    }
  }

  @Test
  void a_reply_shorter_than_its_head_is_given_as_it_is() throws Exception {
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              readRecord(in);
              out.write(fragment(true, withXid(9, (byte) 5)));
              in.read();
            })) {
      Waiting handler = send(connection, 9, new Waiting(104, 1000));
      assertThat(get(handler)).isEqualTo(withXid(9, (byte) 5));
      assertThat(handler.payload).isZero();
    }
  }

  @Test
  void a_payload_that_ends_early_ends_the_connection() throws Exception {
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              readRecord(in);
              out.write(fragment(true, withXid(9, new byte[100])));
              in.read();
            })) {
      Throwable why = failure(send(connection, 9, new Waiting(20, 1000)));
      assertThat(why).isInstanceOf(ConnectionLostException.class);
      assertThat(why).hasCauseInstanceOf(XdrException.class);
    }
  }

  @Test
  void a_reply_to_nobody_is_passed_over() throws Exception {
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              byte[] call = readRecord(in);
              out.write(fragment(true, withXid(999, new byte[5000])));
              out.write(fragment(true, call));
              in.read();
            })) {
      assertThat(get(send(connection, 5, new Waiting(0, 0)))).hasSize(5);
    }
  }

  @Test
  void a_reply_without_end_is_cut_off_at_the_limit() throws Exception {
    for (int xid : new int[] {5, 999}) {
      try (RpcConnection connection =
          connect(
              (in, out) -> {
                readRecord(in);
                out.write(fragment(false, withXid(xid)));
                while (true) {
                  out.write(fragment(false, new byte[10_000]));
                }
              })) {
        assertThat(failure(send(connection, 5, new Waiting(0, 0))))
            .isInstanceOf(ConnectionLostException.class)
            .hasCauseInstanceOf(XdrException.class);
        assertThat(connection.isOpen()).isFalse();
      }
    }
  }

  @Test
  void a_fragment_that_claims_two_gibibytes_allocates_nothing_of_it() throws Exception {
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              readRecord(in);
              out.write(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF});
              out.write(withXid(5));
            })) {
      assertThat(failure(send(connection, 5, new Waiting(0, 0))))
          .isInstanceOf(ConnectionLostException.class);
    }
  }

  @Test
  void all_calls_are_told_when_the_connection_ends() throws Exception {
    try (RpcConnection connection = connect((in, out) -> readRecord(in))) {
      Waiting one = send(connection, 1, new Waiting(0, 0));
      Waiting two = send(connection, 2, new Waiting(0, 0));
      assertThat(failure(one)).isInstanceOf(ConnectionLostException.class);
      assertThat(failure(two)).isInstanceOf(ConnectionLostException.class);
      assertThat(failure(send(connection, 3, new Waiting(0, 0))))
          .isInstanceOf(ConnectionLostException.class);
    }
  }

  @Test
  void a_call_larger_than_the_socket_takes_at_once_goes_out_while_replies_come() throws Exception {
    byte[] large = new byte[8 << 20];
    new Random(5).nextBytes(large);
    large[0] = large[1] = large[2] = 0;
    large[3] = 1;
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              byte[] got = readRecord(in);
              byte[] sum = new byte[8];
              ByteBuffer.wrap(sum).putInt(1).putInt(Arrays.hashCode(got));
              out.write(fragment(true, sum));
              in.read();
            })) {
      Waiting handler = new Waiting(0, 0);
      connection.send(
          1,
          List.of(
              ByteBuffer.wrap(large, 0, 1000).slice(),
              ByteBuffer.wrap(large, 1000, large.length - 1000).slice()),
          handler);
      assertThat(ByteBuffer.wrap(get(handler)).getInt(4)).isEqualTo(Arrays.hashCode(large));
    }
  }

  @Test
  void an_interrupted_caller_does_not_end_the_connection() throws Exception {
    try (RpcConnection connection =
        connect(
            (in, out) -> {
              for (int i = 0; i < 2; i++) {
                out.write(fragment(true, readRecord(in)));
              }
              in.read();
            })) {
      Thread.currentThread().interrupt();
      Waiting first = send(connection, 1, new Waiting(0, 0));
      assertThat(Thread.interrupted()).isTrue();
      get(first);
      assertThat(get(send(connection, 2, new Waiting(0, 0)))).hasSize(5);
    }
  }

  @Test
  void noise_ends_the_connection_or_is_a_reply_and_nothing_else() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      if (noise.length > 8 && random.nextBoolean()) {
        ByteBuffer.wrap(noise).putInt(noise.length - 4 | 1 << 31).putInt(5);
      }
      try (RpcConnection connection =
          connect(
              (in, out) -> {
                readRecord(in);
                out.write(noise);
              })) {
        Waiting handler = send(connection, 5, new Waiting(seed % 2 * 104, 64));
        try {
          get(handler);
        } catch (ExecutionException e) {
          assertThat(e.getCause()).as("seed %d", seed).isInstanceOf(IOException.class);
        }
      }
    }
  }
}
