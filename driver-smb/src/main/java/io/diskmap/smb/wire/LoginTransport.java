package io.diskmap.smb.wire;

import com.hierynomus.mssmb2.messages.SMB2NegotiateRequest;
import com.hierynomus.protocol.commons.buffer.Buffer;
import com.hierynomus.protocol.transport.PacketHandlers;
import com.hierynomus.protocol.transport.TransportException;
import com.hierynomus.protocol.transport.TransportLayer;
import com.hierynomus.smb.SMBPacket;
import com.hierynomus.smb.SMBPacketData;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way of smbj's messages to the server while it negotiates and logs in; afterwards the socket
 * belongs to the driver.
 *
 * <p>Thread-safe. It counts message ids and credits, so that the driver goes on where smbj ended.
 */
final class LoginTransport implements TransportLayer<SMBPacket<?, ?>>, Socket.Receiver {
  private static final int COMMAND = 12;
  private static final int CREDITS = 14;
  private static final int MESSAGE_ID = 24;
  private static final int LENGTH_BYTES = 4;
  private static final int NEGOTIATE = 0;
  private static final int NEGOTIATED_TIME = Request.HEADER + 40;

  private final PacketHandlers<SMBPacketData<?>, SMBPacket<?, ?>> handlers;
  private final Negotiation negotiation;
  private final boolean offersNewest;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Socket socket;
  private Socket.@Nullable Receiver successor;
  private int credits = 1;
  private long nextId;
  private @Nullable ServerTime time;

  /**
   * The way over a connection that is made within this time.
   *
   * @param offersNewest whether SMB 3.1.1 is among the dialects that are offered
   */
  LoginTransport(
      PacketHandlers<SMBPacketData<?>, SMBPacket<?, ?>> handlers,
      Negotiation negotiation,
      boolean offersNewest,
      Duration timeout) {
    this.handlers = handlers;
    this.negotiation = negotiation;
    this.offersNewest = offersNewest;
    this.timeout = timeout;
  }

  @Override
  public void connect(InetSocketAddress address) throws IOException {
    Socket made = Socket.connect(address.getHostString(), address.getPort(), timeout);
    socket = made;
    made.start("diskmap-smb-" + address.getHostString(), this);
  }

  @Override
  public void write(SMBPacket<?, ?> packet) throws TransportException {
    Socket open = socket;
    if (open == null) {
      throw new TransportException("not connected");
    }
    Buffer<?> data = handlers.getSerializer().write(packet);
    if (offersNewest && packet instanceof SMB2NegotiateRequest request) {
      negotiation.offer(request);
    }
    ByteBuffer bytes = ByteBuffer.wrap(data.array(), data.rpos(), data.available());
    ByteBuffer frame = ByteBuffer.allocate(LENGTH_BYTES + bytes.remaining());
    frame.putInt(bytes.remaining()).put(bytes).flip();
    lock.lock();
    try {
      long id = frame.order(ByteOrder.LITTLE_ENDIAN).getLong(LENGTH_BYTES + MESSAGE_ID);
      nextId = Math.max(nextId, id + 1);
      credits--;
    } finally {
      lock.unlock();
    }
    try {
      open.send(frame, () -> {});
    } catch (IOException e) {
      throw new TransportException(e);
    }
  }

  @Override
  public void frame(byte[] bytes, int length) throws IOException {
    Socket.Receiver next;
    boolean isNegotiated = false;
    lock.lock();
    try {
      next = successor;
      if (next == null && length > MESSAGE_ID && bytes[0] == (byte) 0xFE) {
        ByteBuffer message = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        credits += message.getShort(CREDITS) & 0xFFFF;
        if (message.getShort(COMMAND) == NEGOTIATE && length >= NEGOTIATED_TIME + Long.BYTES) {
          time = ServerTime.told(message.getLong(NEGOTIATED_TIME));
          isNegotiated = true;
        }
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      next.frame(bytes, length);
      return;
    }
    try {
      byte[] message = Arrays.copyOf(bytes, length);
      SMBPacketData<?> packet =
          handlers.getPacketFactory().read(isNegotiated ? negotiation.take(message) : message);
      handlers.getReceiver().handle(packet);
    } catch (Buffer.BufferException e) {
      throw new IOException("the server sent what SMB 2 does not allow", e);
    }
  }

  @Override
  public void ended(Throwable why) {
    Socket.Receiver next;
    lock.lock();
    try {
      next = successor;
    } finally {
      lock.unlock();
    }
    if (next != null) {
      next.ended(why);
    } else {
      handlers.getReceiver().handleError(why);
    }
  }

  /** What the driver goes on with. */
  record Left(Socket socket, int credits, long nextId, Optional<ServerTime> time) {}

  /** The state that the log-in has left. */
  Left left() throws IOException {
    Socket open = socket;
    if (open == null || !open.isOpen()) {
      throw new ConnectionLostException("the connection broke during the log-in", null, false);
    }
    lock.lock();
    try {
      return new Left(open, credits, nextId, Optional.ofNullable(time));
    } finally {
      lock.unlock();
    }
  }

  /** Hands the socket over; everything that arrives from now on goes to the receiver. */
  void handOver(Socket.Receiver receiver) {
    lock.lock();
    try {
      successor = receiver;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a log-in that failed. */
  void abort() {
    Socket open = socket;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void disconnect() {
    lock.lock();
    try {
      if (successor != null) {
        return;
      }
    } finally {
      lock.unlock();
    }
    abort();
  }

  @Override
  public boolean isConnected() {
    Socket open = socket;
    return open != null && open.isOpen();
  }
}
