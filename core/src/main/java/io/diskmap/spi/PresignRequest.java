package io.diskmap.spi;

import java.time.Duration;

/**
 * What a URL without credentials is made for.
 *
 * <p>Immutable.
 *
 * @param access what it is good for
 * @param validFor for how long
 * @param call context, deadline and end
 */
public record PresignRequest(Access access, Duration validFor, Call call) {
  /** What a URL is good for. */
  public enum Access {
    /** Reading the whole file or a range. */
    DOWNLOAD,
    /** Saving the file in one request. */
    UPLOAD
  }

  public PresignRequest {
    if (validFor.isNegative() || validFor.isZero()) {
      throw new IllegalArgumentException("a URL is valid for some time");
    }
  }
}
