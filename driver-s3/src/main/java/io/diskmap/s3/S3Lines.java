package io.diskmap.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Tells whether a request went over a connection that had waited in the pool, which the store may
 * have closed meanwhile.
 *
 * <p>Thread-safe; what it says is for the thread that sends the request. The HTTP client resolves
 * the store's name in the sending thread each time it makes a connection, and only then.
 */
final class S3Lines implements DnsResolver {
  /** A pooled connection broke before its answer began, for a request that may have had effect. */
  static final class Stale extends IOException {
    private static final long serialVersionUID = 1L;

    Stale(IOException cause) {
      super("a pooled connection broke before the answer", cause);
    }
  }

  private static final String OWN = "/" + S3Keys.RESERVED;

  private final ThreadLocal<Boolean> made = ThreadLocal.withInitial(() -> false);

  /** The next request of this thread begins. */
  void begin() {
    made.remove();
  }

  /** Whether the connection under this thread's request is one from the pool that is broken. */
  boolean isStale(IOException failure) {
    return !made.get() && !(failure instanceof InterruptedIOException);
  }

  /**
   * Whether a request does the same when it is sent twice: those that read, those on the driver's
   * own keys, those on the parts of one upload; and the beginning of an upload, as one that nobody
   * knows of is swept.
   */
  static boolean isRepeatable(SdkHttpRequest request) {
    if (request.encodedPath().contains(OWN)) {
      return true;
    }
    boolean ofUpload = request.firstMatchingRawQueryParameter("uploadId").isPresent();
    return switch (request.method()) {
      case GET, HEAD -> true;
      case PUT, DELETE -> ofUpload;
      case POST -> !ofUpload && !request.rawQueryParameters().containsKey("delete");
      default -> false;
    };
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    made.set(true);
    return SystemDefaultDnsResolver.INSTANCE.resolve(host);
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
  }
}
