package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file that a failed save may have left on the server.
 *
 * <p>For one thread at a time. A removal can overtake the request that makes the file: the two
 * travel on different connections, or the server works on both at once. So where the failure leaves
 * open whether the file was made, a removal that finds nothing proves that nothing comes only after
 * a while.
 */
final class LeftFile {
  private static final Duration OVERTAKEN = Duration.ofSeconds(3);

  /** How much is left of it. */
  enum Left {
    /** It is gone, or was never made. */
    NOTHING,
    /** It was not there, and may still come. */
    PERHAPS,
    /** It could not be removed. */
    THE_FILE
  }

  /** Removes the file; false where it is not there. */
  @FunctionalInterface
  interface Removal {
    boolean run(Call call) throws StorageException;
  }

  private final Removal removal;
  private final boolean certain;
  private final long failedNanos = System.nanoTime();
  private boolean gone;

  private LeftFile(Removal removal, boolean certain) {
    this.removal = removal;
    this.certain = certain;
  }

  /** A file that was made. */
  static LeftFile made(Removal removal) {
    return new LeftFile(removal, true);
  }

  /** A file whose making, or what came after it, has failed so. */
  static LeftFile after(@Nullable StorageException failure, Removal removal) {
    return new LeftFile(removal, failure == null || !Cleaning.isOpen(failure));
  }

  /** Removes it, which no interrupt cuts short, and says nothing of a failure. */
  Left remove(Call call) {
    if (gone) {
      return Left.NOTHING;
    }
    boolean proven = certain || System.nanoTime() - failedNanos > OVERTAKEN.toNanos();
    try {
      gone = Cleaning.uninterrupted(() -> removal.run(call)) || proven;
    } catch (StorageException leftForLater) {
      return Left.THE_FILE;
    }
    return gone ? Left.NOTHING : Left.PERHAPS;
  }
}
