package io.diskmap.http.server.internal.undertow;

import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.internal.EngineLimits;
import io.diskmap.http.server.internal.RateGuard;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;

/** An exchange over Undertow, used by one worker thread. */
final class UndertowExchange implements HttpExchange {
  /** The rest of a chunk, or of a save in one request. */
  private static final int LINGER_BYTES = 16 << 20;

  private static final long LINGER_MILLIS = 2000;

  private final HttpServerExchange exchange;
  private final EngineLimits limits;
  private @Nullable StreamSourceChannel source;
  private @Nullable InputStream body;
  private @Nullable BodyOutput output;
  private boolean aborted;

  UndertowExchange(HttpServerExchange exchange, EngineLimits limits) {
    this.exchange = exchange;
    this.limits = limits;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod().toString();
  }

  @Override
  public String rawPath() {
    return exchange.getRequestURI();
  }

  @Override
  public String rawQuery() {
    return exchange.getQueryString();
  }

  @Override
  public List<String> headers(String name) {
    HeaderValues values = exchange.getRequestHeaders().get(name);
    return values == null ? List.of() : List.copyOf(values);
  }

  @Override
  public String remoteAddress() {
    InetSocketAddress peer = exchange.getSourceAddress();
    return peer == null || peer.getAddress() == null ? "" : peer.getAddress().getHostAddress();
  }

  @Override
  public boolean isSecure() {
    return exchange.getConnection().getSslSession() != null;
  }

  @Override
  public long declaredLength() {
    if (exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
      return -1;
    }
    return Math.max(0, exchange.getRequestContentLength());
  }

  @Override
  public InputStream body() throws IOException {
    if (body == null) {
      if (exchange.isRequestComplete()) {
        body = InputStream.nullInputStream();
      } else {
        if (HttpContinue.requiresContinueResponse(exchange)) {
          HttpContinue.sendContinueResponseBlocking(exchange);
        }
        source = exchange.getRequestChannel();
        body = new BodyInput(source, new RateGuard(limits));
      }
    }
    return body;
  }

  @Override
  public void status(int status) {
    exchange.setStatusCode(status);
  }

  @Override
  public void header(String name, String value) {
    exchange.getResponseHeaders().put(HttpString.tryFromString(name), value);
  }

  @Override
  public OutputStream output(long length) {
    return commit(length);
  }

  @Override
  public void sendFile(FileChannel file, long offset, long length, LongConsumer sent)
      throws IOException {
    try (BodyOutput out = commit(length)) {
      if (method().equals("HEAD")) {
        return;
      }
      if (isSecure()) {
        out.copy(file, offset, length, sent);
      } else {
        out.send(file, offset, length, sent);
      }
    }
  }

  @Override
  public boolean isCommitted() {
    return output != null;
  }

  @Override
  public void abort() {
    aborted = true;
    IoUtils.safeClose(exchange.getConnection());
  }

  /** Ends what the handler left open; the connection is kept only when both sides are complete. */
  void finish() {
    if (aborted) {
      return;
    }
    try {
      if (output == null) {
        status(500);
        commit(0);
      }
      Objects.requireNonNull(output, "commit opens the output").close();
      if (!exchange.isRequestComplete()) {
        linger();
      }
    } catch (IOException | RuntimeException e) {
      abort();
    }
  }

  private BodyOutput commit(long length) {
    if (output != null) {
      throw new IllegalStateException("the response is committed");
    }
    if (!exchange.isRequestComplete()) {
      exchange.setPersistent(false);
    }
    if (length >= 0) {
      exchange.setResponseContentLength(length);
    }
    output = new BodyOutput(exchange.getResponseChannel(), new RateGuard(limits), length);
    return output;
  }

  /**
   * Reads a bounded part of a body that nobody wanted, so that the peer sees the answer before the
   * connection is reset.
   */
  private void linger() throws IOException {
    if (HttpContinue.requiresContinueResponse(exchange.getRequestHeaders())
        && !HttpContinue.isContinueResponseSent(exchange)) {
      return;
    }
    StreamSourceChannel rest = source == null ? exchange.getRequestChannel() : source;
    if (rest == null) {
      return;
    }
    ByteBuffer block = ByteBuffer.allocate(16 * 1024);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS);
    int drained = 0;
    while (drained < LINGER_BYTES && System.nanoTime() < deadline) {
      int count = rest.read(block.clear());
      if (count < 0) {
        return;
      }
      drained += count;
      if (count == 0) {
        rest.awaitReadable(LINGER_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }
}
