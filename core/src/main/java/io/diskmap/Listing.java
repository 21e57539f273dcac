package io.diskmap;

import io.diskmap.spi.EntryCursor;
import java.io.Closeable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a listing, in order, fetched as they are asked for; closed by the caller.
 *
 * <p>For one thread; it can be walked once. A failure on the way is an {@link UncheckedIOException}
 * around the {@link StorageException}.
 */
public final class Listing implements Iterable<FileMetadata>, Closeable {
  private final EntryCursor cursor;
  private boolean taken;

  /** A listing of what the cursor gives; closing it closes the cursor. */
  public Listing(EntryCursor cursor) {
    this.cursor = cursor;
  }

  /** How many stored names were passed over so far: no valid paths, or no regular files. */
  public long skipped() {
    return cursor.skipped();
  }

  /**
   * The first of the names that were passed over so far, for an operator: at most 20, fit to be
   * printed. They are stored names, which can tell as much of a patient as a path does.
   */
  public List<String> skippedNames() {
    return cursor.skippedNames();
  }

  @Override
  public Iterator<FileMetadata> iterator() {
    if (taken) {
      throw new IllegalStateException("a listing can be walked once; list again");
    }
    taken = true;
    return new Iterator<>() {
      private @Nullable FileMetadata ahead;
      private boolean ended;

      @Override
      public boolean hasNext() {
        if (ahead == null && !ended) {
          try {
            if (cursor.next()) {
              ahead = cursor.entry();
            } else {
              ended = true;
            }
          } catch (StorageException e) {
            ended = true;
            throw new UncheckedIOException(e);
          }
        }
        return ahead != null;
      }

      @Override
      public FileMetadata next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the listing has ended");
        }
        FileMetadata entry = Objects.requireNonNull(ahead);
        ahead = null;
        return entry;
      }
    };
  }

  /** The entries as a stream; closing the stream closes the listing. */
  public Stream<FileMetadata> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT),
            false)
        .onClose(this::close);
  }

  @Override
  public void close() {
    cursor.close();
  }
}
