package io.diskmap.nfs.rpc;

import io.diskmap.nfs.rpc.RpcException.Reason;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * The question whether a server speaks TLS (RFC 9289, section 4.1): a call of nothing with the
 * flavor AUTH_TLS, answered with the word STARTTLS. Stateless.
 */
final class StartTls {
  private static final int XID = 1;
  private static final int PROGRAM = 100_003;
  private static final int VERSION = 4;
  private static final int NOTHING = 0;
  private static final int MAX_REPLY = 1024;
  private static final byte[] WORD = "STARTTLS".getBytes(StandardCharsets.US_ASCII);
  private static final Credential AUTH_TLS = out -> out.int32(7).int32(0).int32(0).int32(0);

  private StartTls() {}

  /** Asks over a connection on which nothing was said yet. */
  static void ask(PlainWire wire, Deadline deadline) throws IOException {
    XdrWriter call = new XdrWriter();
    RpcMessages.writeCall(call, XID, PROGRAM, VERSION, NOTHING, AUTH_TLS);
    byte[] message = call.toByteArray();
    ByteBuffer record = ByteBuffer.allocate(4 + message.length);
    record.putInt(message.length | 1 << 31).put(message).flip();
    while (record.hasRemaining()) {
      if (wire.write(new ByteBuffer[] {record}, 0, 1) == 0) {
        wire.awaitWithin(true, deadline.left());
      }
    }
    int mark = read(wire, 4, deadline).getInt();
    int length = mark & Integer.MAX_VALUE;
    if (mark > 0 || length > MAX_REPLY) {
      throw new XdrException("the answer to STARTTLS has " + length + " bytes");
    }
    requireWord(new XdrReader(read(wire, length, deadline)));
  }

  private static ByteBuffer read(PlainWire wire, int length, Deadline deadline) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int count = wire.read(bytes);
      if (count < 0) {
        throw new EOFException("the server closed it");
      }
      if (count == 0) {
        wire.awaitWithin(false, deadline.left());
      }
    }
    return bytes.flip();
  }

  private static void requireWord(XdrReader in) throws IOException {
    boolean accepted = in.int32() == XID && in.int32() == 1 && in.int32() == 0;
    if (accepted) {
      in.int32();
      if (Arrays.equals(in.opaque(400), WORD) && in.int32() == 0) {
        return;
      }
    }
    throw new RpcException(Reason.NO_TLS, "the server does not offer TLS");
  }

  /** How much time is left. For one thread. */
  static final class Deadline {
    private final long end;

    Deadline(Duration atMost) {
      this.end = System.nanoTime() + atMost.toNanos();
    }

    Duration left() throws SocketTimeoutException {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new SocketTimeoutException("the server did not begin TLS in time");
      }
      return Duration.ofNanos(left);
    }
  }
}
