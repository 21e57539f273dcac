package io.diskmap.smb;

import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FlightMeter;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the frames that have entered a proxy and whose reply has not left it; encrypted ones too.
 * For any thread.
 */
final class SmbFlightMeter implements FlightMeter {
  private final AtomicLong current = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  @Override
  public long current() {
    return current.get();
  }

  @Override
  public long peak() {
    return peak.get();
  }

  @Override
  public Flight connected() {
    return new Account();
  }

  private final class Account implements Flight {
    private final Frames out = new Frames();
    private final Frames in = new Frames();
    private final AtomicLong mine = new AtomicLong();

    @Override
    public void entered(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_SERVER) {
        add(out.begun(data));
      }
    }

    @Override
    public void left(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_CLIENT) {
        add(-in.begun(data));
      }
    }

    private void add(int delta) {
      mine.addAndGet(delta);
      long now = current.addAndGet(delta);
      peak.accumulateAndGet(now, Math::max);
    }

    @Override
    public void closed() {
      current.addAndGet(-mine.getAndSet(0));
    }
  }

  /** Counts the frames of one direction by the lengths before them. For one thread. */
  private static final class Frames {
    private int lengthBytes;
    private int length;
    private int left;

    int begun(ByteBuffer data) {
      int count = 0;
      ByteBuffer rest = data.duplicate();
      while (rest.hasRemaining()) {
        if (left > 0) {
          int step = Math.min(left, rest.remaining());
          rest.position(rest.position() + step);
          left -= step;
        } else {
          length = length << 8 | rest.get() & 0xFF;
          if (++lengthBytes == 4) {
            count++;
            left = length;
            lengthBytes = 0;
            length = 0;
          }
        }
      }
      return count;
    }
  }
}
