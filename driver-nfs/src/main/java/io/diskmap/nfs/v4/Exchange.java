package io.diskmap.nfs.v4;

import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.ReplyHandler;
import io.diskmap.nfs.rpc.RpcConnection;
import io.diskmap.nfs.rpc.RpcException;
import io.diskmap.nfs.rpc.RpcMessages;
import io.diskmap.nfs.v4.OpReader.SequenceResult;
import io.diskmap.nfs.v4.Slots.Slot;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request in one slot, from its first sending to its end. Thread-safe.
 *
 * <p>It is sent again as it is, with the same slot and number, on each new connection, until the
 * server answers or forgets the session: so it is executed once.
 */
final class Exchange implements ReplyHandler {
  /** How it ended. */
  enum End {
    /** The results behind SEQUENCE are there. */
    ANSWERED,
    /** The session is gone, or the reply is. */
    GONE,
    /** It failed for good. */
    FAILED
  }

  /** The bytes of a reply before the payload of a lone READ, where nothing is unusual. */
  private static final int READ_HEAD = 104;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Traffic traffic;
  private final Request<?> request;
  private final Signal signal = new Signal();
  private final boolean hasTarget;
  final Session session;
  final Slot slot;
  final int xid;
  final List<ByteBuffer> message;

  /** Made by the recovery itself, which is told at once when the connection breaks. */
  final boolean internal;

  volatile @Nullable RpcConnection connection;
  volatile long sentAt;
  volatile int sends;
  private @Nullable End end;
  private boolean maybeExecuted;
  private @Nullable OpReader results;
  private @Nullable IOException failure;

  /** Guarded by the client's lock: nobody waits for it any more. */
  boolean abandoned;

  /** The same, guarded by the lock of the exchange. */
  private boolean givenUp;

  Exchange(
      Traffic traffic,
      Session session,
      Slot slot,
      Request<?> request,
      int xid,
      List<ByteBuffer> message,
      boolean internal) {
    this.traffic = traffic;
    this.session = session;
    this.slot = slot;
    this.request = request;
    this.xid = xid;
    this.message = message;
    this.internal = internal;
    this.hasTarget = request.target().hasRemaining();
  }

  void sendOn(RpcConnection wire) {
    connection = wire;
    sentAt = System.nanoTime();
    sends++;
    wire.send(xid, message, this);
  }

  @Override
  public int headLength() {
    return hasTarget ? READ_HEAD : 0;
  }

  /** The reader's buffer, where the head is that of a plain, successful READ that fits it. */
  @Override
  public ByteBuffer target(ByteBuffer head) {
    boolean plain =
        head.getInt(4) == 1
            && head.getInt(8) == 0
            && head.getInt(16) == 0
            && head.getInt(20) == 0
            && head.getInt(28) == 0
            && head.getInt(36) == Op.SEQUENCE
            && head.getInt(40) == 0
            && head.getInt(80) == Op.PUTFH
            && head.getInt(84) == 0
            && head.getInt(88) == Op.READ
            && head.getInt(92) == 0;
    int length = head.getInt(100);
    ByteBuffer room = request.target();
    return plain && length > 0 && length <= room.remaining()
        ? room.slice(room.position(), length)
        : NOTHING;
  }

  @Override
  public void reply(ByteBuffer bytes, int payload) {
    try {
      XdrReader in = new XdrReader(bytes);
      RpcMessages.readReply(in, xid);
      OpReader ops = new OpReader(in, payload);
      SequenceResult result = ops.sequence();
      if (!Arrays.equals(result.session(), session.id)
          || result.slot() != slot.index
          || result.sequence() != slot.sequence) {
        throw new XdrException("a reply belongs to another slot");
      }
      traffic.answered(this, result, ops);
    } catch (NfsStatusException e) {
      traffic.refused(this, e);
    } catch (RpcException e) {
      traffic.notExecuted(this, e);
    } catch (XdrException e) {
      traffic.garbled(this, e);
    }
  }

  @Override
  public void lost(IOException why) {
    traffic.lost(this, why);
  }

  void answer(OpReader ops) {
    finish(End.ANSWERED, true, ops, null);
  }

  void gone(boolean maybe, @Nullable IOException why) {
    finish(End.GONE, maybe, null, why);
  }

  void fail(IOException why, boolean maybe) {
    finish(End.FAILED, maybe, null, why);
  }

  /** The caller does not want the results any more; those that come are undone. */
  void giveUp() {
    OpReader there;
    signal.lock();
    try {
      there = givenUp ? null : results;
      givenUp = true;
    } finally {
      signal.unlock();
    }
    if (there != null) {
      request.late(there);
    }
  }

  private void finish(End how, boolean maybe, @Nullable OpReader ops, @Nullable IOException why) {
    boolean late;
    signal.lock();
    try {
      if (end != null) {
        return;
      }
      end = how;
      maybeExecuted = maybe;
      results = ops;
      failure = why;
      late = givenUp;
    } finally {
      signal.unlock();
    }
    request.release();
    signal.wakeAll();
    if (late && ops != null) {
      request.late(ops);
    }
  }

  /** Waits for the end; null once the time is over. */
  @Nullable End await(Patience patience) throws StorageException {
    signal.lock();
    try {
      return signal.await(() -> end != null, patience) ? end : null;
    } finally {
      signal.unlock();
    }
  }

  /** Whether the request may have been executed; after its end. */
  boolean isMaybeExecuted() {
    return maybeExecuted;
  }

  /** The results behind SEQUENCE; after ANSWERED. */
  OpReader results() {
    if (results == null) {
      throw new IllegalStateException("there are no results");
    }
    return results;
  }

  /** Why it failed. */
  @Nullable IOException failure() {
    return failure;
  }
}
