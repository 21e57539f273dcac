package io.diskmap.s3;

import io.diskmap.Cancellation;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;

/**
 * One run of the client on behalf of a call: its end aborts the request that is on the line.
 *
 * <p>Opened and closed by the thread that runs the client, which finds it by {@link #current};
 * {@link #abort} is for any thread.
 */
final class S3Exchange implements AutoCloseable {
  private static final ThreadLocal<Deque<S3Exchange>> CURRENT =
      ThreadLocal.withInitial(ArrayDeque::new);

  /** How a request has ended. */
  @FunctionalInterface
  interface Answer {
    HttpExecuteResponse get() throws IOException;
  }

  private final Call call;
  private final S3Exchanges owner;
  private final Cancellation.Registration registration;
  private final AtomicReference<@Nullable ExecutableHttpRequest> request = new AtomicReference<>();
  private volatile boolean aborted;
  private boolean repeatable = true;
  private boolean expectsPage;
  private @Nullable S3Page page;
  private @Nullable Answer first;

  private S3Exchange(Call call, S3Exchanges owner) {
    this.call = call;
    this.owner = owner;
    this.registration = call.onEnd(this::abort);
  }

  static S3Exchange begin(Call call, S3Exchanges owner) {
    S3Exchange exchange = new S3Exchange(call, owner);
    CURRENT.get().push(exchange);
    owner.add(exchange);
    return exchange;
  }

  /** The innermost exchange of this thread. */
  static @Nullable S3Exchange current() {
    Deque<S3Exchange> open = CURRENT.get();
    if (open.isEmpty()) {
      CURRENT.remove();
      return null;
    }
    return open.peek();
  }

  Call call() {
    return call;
  }

  boolean isAborted() {
    return aborted;
  }

  /** Whether the request of this run does the same when it is sent twice. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** Says so of the request that comes; for the thread that runs the client. */
  void repeatable(boolean same) {
    repeatable = same;
  }

  /** Says that the answer is a page of a listing; for the thread that runs the client. */
  void expectPage() {
    expectsPage = true;
  }

  boolean expectsPage() {
    return expectsPage;
  }

  /** Takes the page that came. */
  void came(S3Page answer) {
    page = answer;
  }

  /** The page that came last. */
  S3Page page() {
    S3Page answer = page;
    if (answer == null) {
      throw new IllegalStateException("no page came");
    }
    return answer;
  }

  /**
   * Gives the client's first request what the same request has met that was sent before the client
   * ran: an answer, or a failure that is thrown. For the thread that runs the client.
   */
  void handOver(Answer met) {
    first = met;
  }

  /** What was handed over, once. */
  @Nullable Answer takeOver() {
    Answer met = first;
    first = null;
    return met;
  }

  /** Puts a request on the line; it is aborted at once where the exchange is. */
  void enter(ExecutableHttpRequest executable) {
    request.set(executable);
    if (aborted) {
      executable.abort();
    }
  }

  void abort() {
    aborted = true;
    ExecutableHttpRequest executable = request.get();
    if (executable != null) {
      executable.abort();
    }
  }

  @Override
  public void close() {
    registration.close();
    owner.remove(this);
    Deque<S3Exchange> open = CURRENT.get();
    open.remove(this);
    if (open.isEmpty()) {
      CURRENT.remove();
    }
  }
}
