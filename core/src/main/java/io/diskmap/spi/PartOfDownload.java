package io.diskmap.spi;

import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Marks a context as that of one request of a larger download, so that all of its requests leave
 * one audit record. Stateless; for servers whose clients read a file in several requests.
 *
 * <p>Downloads of one path belong together where their contexts are equal, so a context without a
 * request id of its own must not be marked.
 */
public final class PartOfDownload {
  private static final String DETAIL = "diskmap.part_of";

  private PartOfDownload() {}

  /** The context of a request of a download that reads this range in all. */
  public static CallContext mark(CallContext context, ByteRange whole) {
    return context.withDetail(
        DETAIL, "%s %d %d".formatted(whole.kind(), whole.offset(), whole.length()));
  }

  /** What the download reads in all; empty where the context has no mark. */
  public static Optional<ByteRange> of(CallContext context) {
    String detail = context.details().get(DETAIL);
    if (detail == null) {
      return Optional.empty();
    }
    String[] words = detail.split(" ");
    return Optional.of(
        new ByteRange(
            ByteRange.Kind.valueOf(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
  }

  /** The context without the mark. */
  public static CallContext unmark(CallContext context) {
    Map<String, String> details = new HashMap<>(context.details());
    details.remove(DETAIL);
    return new CallContext(
        context.user(),
        context.cohort(),
        context.fileType(),
        context.requestId(),
        context.keyId(),
        context.remoteAddress(),
        details);
  }
}
