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
  private static final String LEFT = "left";

  private PartOfDownload() {}

  /** The context of a request of a download that reads the one range in all, and the other now. */
  public static CallContext mark(CallContext context, ByteRange whole, ByteRange part) {
    return context.withDetail(DETAIL, text(whole) + " " + text(part));
  }

  private static String text(ByteRange range) {
    return range.kind() + " " + range.offset() + " " + range.length();
  }

  /**
   * The context of a call that only says that the client reads no more of its download of the path
   * that is asked for: it leaves no record of its own and ends the record of the download.
   */
  public static CallContext markLeft(CallContext context) {
    return context.withDetail(DETAIL, LEFT);
  }

  /** Whether the context is that of such a call. */
  public static boolean isLeft(CallContext context) {
    return LEFT.equals(context.details().get(DETAIL));
  }

  /** What the download reads in all; empty where the context has no mark. */
  public static Optional<ByteRange> of(CallContext context) {
    String detail = context.details().get(DETAIL);
    if (detail == null || detail.equals(LEFT)) {
      return Optional.empty();
    }
    return Optional.of(range(detail.split(" "), 0));
  }

  /** What a request of the download reads; for a context that {@link #of} knows. */
  public static ByteRange part(CallContext context) {
    String detail = context.details().getOrDefault(DETAIL, "");
    return range(detail.split(" "), 3);
  }

  private static ByteRange range(String[] words, int first) {
    return new ByteRange(
        ByteRange.Kind.valueOf(words[first]),
        Long.parseLong(words[first + 1]),
        Long.parseLong(words[first + 2]));
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
