package io.diskmap;

import java.util.List;
import java.util.Optional;

/**
 * One page of a listing.
 *
 * <p>Immutable.
 *
 * @param entries in order
 * @param next what {@link ListOptions#withStartAfter} takes for the page after; none at the end
 * @param skipped how many stored names the page passed over because they are no valid paths or no
 *     regular files
 */
public record ListPage(List<FileMetadata> entries, Optional<StoragePath> next, long skipped) {
  public ListPage {
    entries = List.copyOf(entries);
  }
}
