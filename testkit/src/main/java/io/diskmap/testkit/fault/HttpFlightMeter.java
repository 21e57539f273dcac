package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link FlightMeter} of HTTP/1.1 requests sent and not yet answered. For any thread.
 *
 * <p>A request is under way from its request line to the last byte of its reply, so with one
 * request a connection the number is that of the connections that wait for a reply or read one.
 * Interim replies (100, 103) answer nothing. Bytes that are no HTTP/1.1, those of TLS for one, are
 * an error that resets the connection and shows when the proxy closes.
 */
public final class HttpFlightMeter implements FlightMeter {
  private final Gauge requests = new Gauge();
  private final AtomicLong total = new AtomicLong();

  @Override
  public long current() {
    return requests.current();
  }

  @Override
  public long peak() {
    return requests.peak();
  }

  /** All requests ever sent, answered or not. */
  public long total() {
    return total.get();
  }

  @Override
  public Flight connected() {
    return new Account();
  }

  private final class Account implements Flight {
    private final Queue<String> methods = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final HttpMessages sent = new HttpMessages(this::requestStarted, () -> {});
    private final HttpMessages answered =
        new HttpMessages(this::replyStarted, this::replyCompleted);
    private boolean interim;

    @Override
    public void entered(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_SERVER) {
        sent.accept(data);
      }
    }

    @Override
    public void left(Direction direction, ByteBuffer data) {
      if (direction == Direction.TO_CLIENT) {
        answered.accept(data);
      }
    }

    @Override
    public void closed() {
      closed.set(true);
      requests.add(-pending.getAndSet(0));
    }

    private HttpMessages.Body requestStarted(String line) {
      methods.add(line.substring(0, Math.max(0, line.indexOf(' '))).toUpperCase(Locale.ROOT));
      total.incrementAndGet();
      pending.incrementAndGet();
      requests.add(1);
      if (closed.get()) {
        requests.add(-pending.getAndSet(0));
      }
      return HttpMessages.Body.BY_HEADERS_OR_NONE;
    }

    private HttpMessages.Body replyStarted(String line) {
      int status = Integer.parseInt(line.substring(line.indexOf(' ') + 1).substring(0, 3));
      interim = status >= 100 && status < 200 && status != 101;
      if (interim) {
        return HttpMessages.Body.NONE;
      }
      String method = methods.poll();
      if (status == 101) {
        return HttpMessages.Body.UPGRADED;
      }
      if (status == 204 || status == 304 || "HEAD".equals(method)) {
        return HttpMessages.Body.NONE;
      }
      return HttpMessages.Body.BY_HEADERS_OR_REST;
    }

    private void replyCompleted() {
      if (!interim && pending.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
        requests.add(-1);
      }
    }
  }
}
