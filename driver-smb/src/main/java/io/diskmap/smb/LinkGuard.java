package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Notices directories that are reached over a link. For one run in one thread.
 *
 * <p>A server that follows links itself, as Samba does, shows one to a directory as that directory.
 * What gives it away is its entry for the directory above, whose number is not that of the
 * directory in which the name stands; or, for a link to a directory beside it, that two names of
 * one directory have the same number.
 */
final class LinkGuard {
  /** Of a directory that has no number. */
  static final long UNKNOWN = 0;

  /**
   * The numbers of a directory and of the one above it, and of those below it that have two names.
   */
  private record Numbers(long own, long above, Set<Long> doubles) {}

  private final SmbSessions sessions;
  private final SmbStore store;
  private final Call call;

  LinkGuard(SmbSessions sessions, SmbStore store, Call call) {
    this.sessions = sessions;
    this.store = store;
    this.call = call;
  }

  /** The first directory on the way from the root to a path that is reached over a link. */
  Optional<String> linkOnTheWay(String path) throws StorageException {
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Numbers above = numbers("");
    for (int at = 0; at >= 0; ) {
      int slash = path.indexOf('/', at);
      String step = slash < 0 ? path : path.substring(0, slash);
      Numbers own = numbers(step);
      if (isLink(above.own(), own.above()) || above.doubles().contains(own.own())) {
        return Optional.of(step);
      }
      above = own;
      at = slash < 0 ? -1 : slash + 1;
    }
    return Optional.empty();
  }

  /** Whether a directory lies elsewhere than in the one where its name stands. */
  static boolean isLink(long above, long told) {
    return above != UNKNOWN && told != UNKNOWN && above != told;
  }

  /** The number of the directory above a path; unknown for the root. */
  long above(String path) throws StorageException {
    if (path.isEmpty()) {
      return UNKNOWN;
    }
    int slash = path.lastIndexOf('/');
    return numbers(slash < 0 ? "" : path.substring(0, slash)).own();
  }

  private Numbers numbers(String path) throws StorageException {
    long[] known = new long[2];
    Set<Long> seen = new HashSet<>();
    Set<Long> doubles = new HashSet<>();
    DirectoryPages.visitAll(
        sessions,
        store.remote(path),
        entry -> {
          String name = entry.info().name();
          if (name.equals(".")) {
            known[0] = entry.info().id();
          } else if (name.equals("..")) {
            known[1] = entry.info().id();
          } else if (entry.info().isDirectory() && !seen.add(entry.info().id())) {
            doubles.add(entry.info().id());
          }
          return true;
        },
        call);
    return new Numbers(known[0], known[1], doubles);
  }

  /** What is said of a directory behind a link. */
  static StorageException refusal() {
    return StorageException.of(
        ErrorKind.PERMISSION_DENIED,
        "A link stands here, and a delete follows none; remove the link on the server itself.");
  }
}
