package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;

/**
 * A {@link FlightMeter} for remote procedure calls over TCP (RFC 5531): calls that have entered the
 * proxy and whose reply has not left it. For any thread.
 */
public final class RpcFlightMeter implements FlightMeter {
  private final Gauge calls = new Gauge();

  @Override
  public long current() {
    return calls.current();
  }

  @Override
  public long peak() {
    return calls.peak();
  }

  @Override
  public Flight connected() {
    return new Account();
  }

  private final class Account implements Flight {
    private final Records out = new Records();
    private final Records in = new Records();
    private final java.util.concurrent.atomic.AtomicLong mine =
        new java.util.concurrent.atomic.AtomicLong();

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
      calls.add(delta);
    }

    @Override
    public void closed() {
      calls.add(-mine.getAndSet(0));
    }
  }

  /** Counts the records of one direction by their marks. For one thread. */
  private static final class Records {
    private int markBytes;
    private int mark;
    private long inFragment;
    private boolean last = true;

    /** How many records begin in these bytes. */
    int begun(ByteBuffer data) {
      int count = 0;
      ByteBuffer left = data.duplicate();
      while (left.hasRemaining()) {
        if (inFragment > 0) {
          int step = (int) Math.min(inFragment, left.remaining());
          left.position(left.position() + step);
          inFragment -= step;
          continue;
        }
        mark = mark << 8 | left.get() & 0xFF;
        if (++markBytes == 4) {
          count += last ? 1 : 0;
          last = mark < 0;
          inFragment = mark & Integer.MAX_VALUE;
          markBytes = 0;
          mark = 0;
        }
      }
      return count;
    }
  }
}
