package io.diskmap.sshfs;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.common.Message;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.connection.Connection;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.connection.channel.ChannelInputStream;
import net.schmizz.sshj.connection.channel.direct.SessionChannel;
import net.schmizz.sshj.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * A session channel whose bytes go to their hearer in the thread that reads the connection, without
 * a buffer and a change of threads between.
 *
 * <p>Thread-safe. The server's window is refilled by a task of its own, because whoever reads the
 * connection must not wait for its writing side.
 */
final class SftpSession extends SessionChannel {
  /** Hears a channel, in the thread that reads the connection, which must never wait for it. */
  interface Hearer {
    /** The next bytes, which are the hearer's until it returns. */
    void received(byte[] bytes, int offset, int length);

    /** Nothing more comes; told at least once. */
    void ended(IOException why);
  }

  private final ExecutorService threads;
  private final long window;
  private final AtomicBoolean refilling = new AtomicBoolean();
  private volatile @Nullable Hearer hearer;
  private volatile @Nullable IOException end;

  SftpSession(Connection connection, ExecutorService threads) {
    super(connection);
    this.threads = threads;
    this.window = connection.getWindowSize();
  }

  /** Names who hears the channel, before anything is asked on it. */
  void hear(Hearer by) {
    hearer = by;
    IOException ended = end;
    if (ended != null) {
      by.ended(ended);
    }
  }

  @Override
  protected void receiveInto(ChannelInputStream stream, SSHPacket packet) throws SSHException {
    Hearer by = hearer;
    if (by == null || stream != getInputStream()) {
      super.receiveInto(stream, packet);
      return;
    }
    int length;
    try {
      length = packet.readUInt32AsInt();
    } catch (Buffer.BufferException e) {
      throw new ConnectionException(e);
    }
    if (length < 0 || length > getLocalMaxPacketSize() || length > packet.available()) {
      throw new ConnectionException(
          DisconnectReason.PROTOCOL_ERROR, "data of " + length + " bytes on a channel");
    }
    lwin.consume(length);
    by.received(packet.array(), packet.rpos(), length);
    if (missing() > 0 && refilling.compareAndSet(false, true)) {
      try {
        threads.execute(this::refill);
      } catch (RejectedExecutionException closing) {
        by.ended(new IOException("the disk is closed", closing));
      }
    }
  }

  /** By how much the window is to be opened again: nothing until a half is used. */
  private long missing() {
    long used = window - lwin.getSize();
    return used >= window / 2 ? used : 0;
  }

  /** Looks once more when it is over: what was used in the last moment found this under way. */
  private void refill() {
    boolean more = true;
    while (more) {
      try {
        refillOnce();
      } catch (TransportException e) {
        ended(e);
        return;
      } finally {
        refilling.set(false);
      }
      more = missing() > 0 && isOpen() && refilling.compareAndSet(false, true);
    }
  }

  private void refillOnce() throws TransportException {
    long more = missing();
    while (more > 0 && isOpen()) {
      lwin.expand(more); // before the server hears of it, which may send at once
      trans.write(
          new SSHPacket(Message.CHANNEL_WINDOW_ADJUST)
              .putUInt32FromInt(getRecipient())
              .putUInt32(more));
      more = missing();
    }
  }

  private void ended(IOException why) {
    end = why;
    Hearer by = hearer;
    if (by != null) {
      by.ended(why);
    }
  }

  @Override
  public void notifyError(SSHException error) {
    super.notifyError(error);
    ended(error);
  }

  @Override
  protected void eofInputStreams() {
    super.eofInputStreams();
    ended(new IOException("the server closed the channel"));
  }

  @Override
  protected void closeAllStreams() {
    super.closeAllStreams();
    ended(new IOException("the server closed the channel"));
  }
}
