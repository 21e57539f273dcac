package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link FlightMeter} for any protocol, encrypted ones too: the bytes of one direction that have
 * entered the proxy and not left it. For any thread.
 *
 * <p>With a delay set on the proxy, the peak divided by the size of one request (or of one reply's
 * data) is a lower bound for the requests in flight: a driver that waits for each answer never has
 * more than one block on the line.
 */
public final class OutstandingBytes implements FlightMeter {
  private final Direction measured;
  private final Gauge bytes = new Gauge();

  private OutstandingBytes(Direction measured) {
    this.measured = measured;
  }

  /** A meter of the bytes that travel in this direction. */
  public static OutstandingBytes of(Direction direction) {
    return new OutstandingBytes(direction);
  }

  @Override
  public long current() {
    return bytes.current();
  }

  @Override
  public long peak() {
    return bytes.peak();
  }

  @Override
  public Flight connected() {
    return new Account();
  }

  /**
   * The bytes of one connection; far below zero once it has ended, when late bytes no longer count.
   */
  private final class Account implements Flight {
    private static final long ENDED = Long.MIN_VALUE / 2;
    private final AtomicLong mine = new AtomicLong();

    @Override
    public void entered(Direction direction, ByteBuffer data) {
      count(direction, data.remaining());
    }

    @Override
    public void left(Direction direction, ByteBuffer data) {
      count(direction, -data.remaining());
    }

    @Override
    public void closed() {
      bytes.add(-mine.getAndSet(ENDED));
    }

    private void count(Direction direction, long delta) {
      if (direction == measured && mine.getAndAdd(delta) > ENDED / 2) {
        bytes.add(delta);
      }
    }
  }
}
