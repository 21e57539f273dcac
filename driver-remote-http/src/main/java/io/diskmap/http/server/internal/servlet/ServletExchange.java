package io.diskmap.http.server.internal.servlet;

import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.internal.EngineLimits;
import io.diskmap.http.server.internal.RateGuard;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An exchange over a servlet container, used by one container thread. Containers answer {@code
 * Expect: 100-continue} when the body's stream is first asked for, so it is asked for late.
 */
final class ServletExchange implements HttpExchange {
  private static final int BUFFER = 128 * 1024;

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final EngineLimits limits;
  private @Nullable InputStream body;
  private boolean committed;
  private boolean aborted;

  ServletExchange(HttpServletRequest request, HttpServletResponse response, EngineLimits limits) {
    this.request = request;
    this.response = response;
    this.limits = limits;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  /** The URI behind the context path: the same calls wherever the application is mounted. */
  @Override
  public String rawPath() {
    String uri = request.getRequestURI();
    String context = request.getContextPath();
    return uri.startsWith(context) ? uri.substring(context.length()) : uri;
  }

  @Override
  public String rawQuery() {
    String query = request.getQueryString();
    return query == null ? "" : query;
  }

  @Override
  public List<String> headers(String name) {
    return Collections.list(request.getHeaders(name));
  }

  @Override
  public String remoteAddress() {
    return request.getRemoteAddr();
  }

  @Override
  public boolean isSecure() {
    return request.isSecure();
  }

  @Override
  public long declaredLength() {
    if (request.getHeader("Transfer-Encoding") != null) {
      return -1;
    }
    return Math.max(0, request.getContentLengthLong());
  }

  @Override
  public InputStream body() throws IOException {
    if (body == null) {
      body =
          declaredLength() == 0
              ? InputStream.nullInputStream()
              : new Body(request.getInputStream(), declaredLength(), new RateGuard(limits));
    }
    return body;
  }

  @Override
  public void status(int status) {
    response.setStatus(status);
  }

  @Override
  public void header(String name, String value) {
    response.setHeader(name, value);
  }

  @Override
  public OutputStream output(long length) throws IOException {
    if (committed) {
      throw new IllegalStateException("the response is committed");
    }
    committed = true;
    if (length >= 0) {
      response.setContentLengthLong(length);
    }
    if (method().equals("HEAD")) {
      response.flushBuffer();
      return OutputStream.nullOutputStream();
    }
    return new GuardedOutput(response.getOutputStream(), new RateGuard(limits));
  }

  @Override
  public void sendFile(FileChannel file, long offset, long length, LongConsumer sent)
      throws IOException {
    try (OutputStream out = output(length)) {
      if (method().equals("HEAD")) {
        return;
      }
      byte[] block = new byte[(int) Math.min(BUFFER, Math.max(1, length))];
      for (long at = offset; at < offset + length; ) {
        int most = (int) Math.min(block.length, offset + length - at);
        int count = file.read(ByteBuffer.wrap(block, 0, most), at);
        if (count < 0) {
          throw new IOException("the file became shorter while it was sent");
        }
        out.write(block, 0, count);
        sent.accept(count);
        at += count;
      }
    }
  }

  @Override
  public boolean isCommitted() {
    return committed || response.isCommitted();
  }

  @Override
  public void abort() {
    aborted = true;
  }

  /** Whether the container must break the connection, which it does for an exception. */
  boolean isAborted() {
    return aborted;
  }

  /** The body of an answer, at no less than the minimum rate. */
  private static final class GuardedOutput extends FilterOutputStream {
    private final RateGuard rate;

    GuardedOutput(OutputStream target, RateGuard rate) {
      super(target);
      this.rate = rate;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
      rate.resume();
      out.write(source, offset, count);
      rate.moved(count);
    }
  }

  /** A body that is complete or fails, at no less than the minimum rate. */
  private static final class Body extends FilterInputStream {
    private final RateGuard rate;
    private final long length;
    private long received;

    Body(InputStream source, long length, RateGuard rate) {
      super(source);
      this.length = length;
      this.rate = rate;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
      rate.resume();
      int got = in.read(target, offset, count);
      if (got > 0) {
        received += got;
        rate.moved(got);
      } else if (got < 0 && received < length) {
        throw new EOFException("the request ended before its declared length");
      }
      return got;
    }

    @Override
    public void close() {
      // The container owns its stream and drains or breaks the connection.
    }
  }
}
