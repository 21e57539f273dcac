package io.diskmap.http.contract;

import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FlightMeter;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link FlightMeter} for HTTP/1.1 within TLS 1.3, where each connection has one request at most.
 * For any thread.
 *
 * <p>It cannot read, so it counts turns: a connection has a request under way from bytes of the
 * client until the next bytes of the server. The client's first turn is the handshake's and does
 * not count. A reply that comes in several parts counts until its first one, so the number is never
 * too high.
 */
final class TlsFlightMeter implements FlightMeter {
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
    return new Turns();
  }

  private final class Turns implements Flight {
    private static final int HANDSHAKE = 0;
    private static final int ANSWERED = 1;
    private static final int ASKED = 2;
    private static final int CLOSED = 3;

    private final AtomicInteger state = new AtomicInteger(HANDSHAKE);

    @Override
    public void entered(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_SERVER && state.compareAndSet(ANSWERED, ASKED)) {
        peak.accumulateAndGet(current.incrementAndGet(), Math::max);
      }
    }

    @Override
    public void left(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_CLIENT
          && !state.compareAndSet(HANDSHAKE, ANSWERED)
          && state.compareAndSet(ASKED, ANSWERED)) {
        current.decrementAndGet();
      }
    }

    @Override
    public void closed() {
      if (state.getAndSet(CLOSED) == ASKED) {
        current.decrementAndGet();
      }
    }
  }
}
