package io.diskmap.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * The HTTP client with what a call needs around it: an end from outside, progress while content
 * goes out, and the pace that the store asks for.
 *
 * <p>Thread-safe.
 */
final class S3Http implements SdkHttpClient {
  private static final byte[] NO_ENTRIES =
      "<ListBucketResult/>".getBytes(StandardCharsets.US_ASCII);

  private final SdkHttpClient client;
  private final S3Lines lines;
  private final int pooled;
  private final S3Pace pace;
  private final S3Clock clock;
  private final boolean plain;

  /**
   * A client that resolves names by the lines and keeps at most so many in its pool; one that is
   * plain sends what is addressed to HTTPS over HTTP.
   */
  S3Http(
      SdkHttpClient client, S3Lines lines, int pooled, S3Pace pace, S3Clock clock, boolean plain) {
    this.client = client;
    this.lines = lines;
    this.pooled = pooled;
    this.pace = pace;
    this.clock = clock;
    this.plain = plain;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    S3Exchange exchange = S3Exchange.current();
    return new PacedRequest(watched(request, exchange), exchange, request.httpRequest());
  }

  private HttpExecuteRequest watched(HttpExecuteRequest request, @Nullable S3Exchange exchange) {
    SdkHttpRequest http = request.httpRequest();
    HttpExecuteRequest.Builder builder =
        HttpExecuteRequest.builder()
            .request(plain ? http.toBuilder().protocol("http").build() : http);
    request
        .contentStreamProvider()
        .map(content -> exchange == null ? content : watched(content, exchange))
        .ifPresent(builder::contentStreamProvider);
    request.metricCollector().ifPresent(builder::metricCollector);
    return builder.build();
  }

  private static ContentStreamProvider watched(ContentStreamProvider content, S3Exchange exchange) {
    return () -> new WatchedStream(content.newStream(), exchange);
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }

  /**
   * A request that waits for its turn, goes again where a pooled connection turns out to be broken,
   * and can be ended from outside. For one thread but abort.
   */
  private final class PacedRequest implements ExecutableHttpRequest {
    private final HttpExecuteRequest request;
    private final @Nullable S3Exchange exchange;
    private final boolean repeatable;
    private final boolean small;
    private final boolean encoded;
    private volatile ExecutableHttpRequest prepared;
    private volatile boolean aborted;

    PacedRequest(HttpExecuteRequest request, @Nullable S3Exchange exchange, SdkHttpRequest http) {
      this.request = request;
      this.prepared = client.prepareRequest(request);
      this.exchange = exchange;
      this.repeatable = S3Lines.isRepeatable(http);
      if (exchange != null) {
        exchange.repeatable(repeatable);
      }
      this.encoded = http.rawQueryParameters().containsKey("encoding-type");
      this.small = http.method() == SdkHttpMethod.HEAD || http.method() == SdkHttpMethod.GET;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      S3Exchange.Answer met = exchange == null ? null : exchange.takeOver();
      return met == null ? ask() : met.get();
    }

    private HttpExecuteResponse ask() throws IOException {
      awaitTurn();
      long start = System.nanoTime();
      HttpExecuteResponse response = send();
      long end = System.nanoTime();
      if (small) {
        pace.waited(end - start);
      } else if (response.httpResponse().isSuccessful()) {
        S3Date.told(response.httpResponse()).ifPresent(date -> clock.answered(date, start, end));
      }
      pace.answered(response.httpResponse().statusCode());
      if (exchange != null) {
        exchange.call().progressed();
      }
      if (exchange != null && exchange.expectsPage() && response.httpResponse().isSuccessful()) {
        return pageRead(response, exchange);
      }
      return encoded ? mended(response) : response;
    }

    /** Reads a page of a listing here and leaves an empty one to the client. */
    private HttpExecuteResponse pageRead(HttpExecuteResponse response, S3Exchange reading)
        throws IOException {
      AbortableInputStream body =
          response.responseBody().orElseGet(AbortableInputStream::createEmpty);
      boolean read = false;
      try {
        reading.came(S3Page.read(encoded ? new S3ListingText(body) : body));
        body.close();
        read = true;
      } finally {
        if (!read) {
          body.abort();
        }
      }
      return HttpExecuteResponse.builder()
          .response(response.httpResponse())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(NO_ENTRIES)))
          .build();
    }

    /** Sends until a connection that works was found: each that fails has left the pool. */
    private HttpExecuteResponse send() throws IOException {
      for (int broken = 0; ; broken++) {
        enter();
        lines.begin();
        try {
          return prepared.call();
        } catch (IOException e) {
          if (!lines.isStale(e) || isEnded()) {
            throw e;
          }
          if (!repeatable || broken >= pooled) {
            throw new S3Lines.Stale(e);
          }
          prepared = client.prepareRequest(request);
        }
      }
    }

    private void enter() {
      if (exchange != null) {
        exchange.enter(prepared);
        requireGoing();
      }
      if (aborted) {
        prepared.abort();
      }
    }

    private boolean isEnded() {
      return aborted || (exchange != null && exchange.isAborted());
    }

    private static HttpExecuteResponse mended(HttpExecuteResponse response) {
      HttpExecuteResponse.Builder mended =
          HttpExecuteResponse.builder().response(response.httpResponse());
      response
          .responseBody()
          .map(body -> AbortableInputStream.create(new S3ListingText(body), body))
          .ifPresent(mended::responseBody);
      return mended.build();
    }

    private void awaitTurn() {
      long left = pace.waitNanos();
      while (left > 0) {
        requireGoing();
        try {
          TimeUnit.NANOSECONDS.sleep(Math.min(left, 100_000_000L));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw AbortedException.create("interrupted while the store asks for fewer requests");
        }
        left = pace.waitNanos();
      }
    }

    private void requireGoing() {
      if (exchange != null && exchange.isAborted()) {
        throw AbortedException.create("the call has ended");
      }
    }

    @Override
    public void abort() {
      aborted = true;
      prepared.abort();
    }
  }

  /** Content on its way out: each block read is progress of the call. For one thread. */
  private static final class WatchedStream extends InputStream {
    private final InputStream in;
    private final S3Exchange exchange;

    WatchedStream(InputStream in, S3Exchange exchange) {
      this.in = in;
      this.exchange = exchange;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (exchange.isAborted()) {
        throw new IOException("the call has ended");
      }
      exchange.call().progressed();
      return in.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public boolean markSupported() {
      return in.markSupported();
    }

    @Override
    public void mark(int limit) {
      in.mark(limit);
    }

    @Override
    public void reset() throws IOException {
      in.reset();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
