package io.diskmap;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * A URL that lets whoever holds it do one thing with one file, without credentials, until it
 * expires.
 *
 * <p>Immutable. It is a secret: the text form shows neither path nor signature.
 *
 * @param url the whole URL
 * @param method the HTTP method that it is good for
 * @param headers those that the request must carry, exactly as here
 * @param expires when it ends, by this process' clock
 */
public record PresignedUrl(URI url, String method, Map<String, String> headers, Instant expires) {
  public PresignedUrl {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(expires, "expires");
    headers = Map.copyOf(headers);
  }

  /** Method, host and end only. */
  @Override
  public String toString() {
    return "PresignedUrl[" + method + " " + url.getHost() + ", expires " + expires + "]";
  }
}
