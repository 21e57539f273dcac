package io.diskmap.sshfs;

import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FlightMeter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts the SSH packets of the client to which the server has not yet answered. For any thread.
 *
 * <p>The contents are encrypted, but AES-GCM leaves each packet's length readable. A packet counts
 * from its entry until a packet leaves for the client that the server has sent after it had that
 * one.
 */
final class SshFlightMeter implements FlightMeter {
  private long current;
  private long peak;

  @Override
  public synchronized long current() {
    return current;
  }

  @Override
  public synchronized long peak() {
    return peak;
  }

  private synchronized void add(long delta) {
    current += delta;
    peak = Math.max(peak, current);
  }

  @Override
  public Flight connected() {
    return new Connection();
  }

  private final class Connection implements Flight {
    private final Packets requestsIn = new Packets();
    private final Packets requestsOut = new Packets();
    private final Packets repliesIn = new Packets();
    private final Packets repliesOut = new Packets();
    private final Deque<Long> answered = new ArrayDeque<>();
    private long entered;
    private long arrived;
    private long done;

    @Override
    public synchronized void entered(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_SERVER) {
        int count = requestsIn.take(data);
        entered += count;
        add(count);
      } else {
        for (int left = repliesIn.take(data); left > 0; left--) {
          answered.add(arrived);
        }
      }
    }

    @Override
    public synchronized void left(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_SERVER) {
        arrived += requestsOut.take(data);
        return;
      }
      for (int left = repliesOut.take(data); left > 0; left--) {
        Long upTo = answered.poll();
        if (upTo != null && upTo > done) {
          add(done - upTo);
          done = upTo;
        }
      }
    }

    @Override
    public synchronized void closed() {
      add(done - entered);
      done = entered;
    }
  }

  /** Finds the ends of packets in one direction's bytes. */
  private static final class Packets {
    private static final int NEWKEYS = 21;
    private static final int TAG = 16;

    private boolean greeted;
    private boolean encrypted;
    private int headBytes;
    private long length;
    private int type = -1;
    private long skip;

    int take(ByteBuffer view) {
      ByteBuffer data = view.duplicate();
      int ends = 0;
      while (data.hasRemaining()) {
        if (!greeted) {
          greeted = data.get() == '\n';
        } else if (headBytes < 6) {
          int value = data.get() & 0xFF;
          if (headBytes < 4) {
            length = length << 8 | value;
          } else if (headBytes == 5) {
            type = value;
          }
          if (++headBytes == 6) {
            skip = length - 2 + (encrypted ? TAG : 0);
          }
        } else {
          int step = (int) Math.min(skip, data.remaining());
          data.position(data.position() + step);
          skip -= step;
        }
        if (headBytes == 6 && skip == 0) {
          encrypted |= type == NEWKEYS;
          headBytes = 0;
          length = 0;
          ends++;
        }
      }
      return ends;
    }
  }
}
