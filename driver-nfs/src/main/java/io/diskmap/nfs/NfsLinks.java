package io.diskmap.nfs;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileKind;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the regular file that a path stands for, through symbolic links that stay inside the root.
 *
 * <p>Thread-safe. A link's text is only a hint: what it names is looked up from the root, and the
 * server follows nothing, so nothing outside is reached however the link changes meanwhile. A link
 * to a directory counts for nothing; neither does one with an absolute text, which means nothing
 * without a mount.
 */
final class NfsLinks {
  private static final int MAX_LINKS = 8;

  /**
   * A file and where it really is.
   *
   * @param path the links resolved
   * @param attributes of the file
   */
  record Found(String path, Attributes attributes) {}

  private final NfsStore store;

  NfsLinks(NfsStore store) {
    this.store = store;
  }

  /** The regular file at a path; empty where there is none. */
  Optional<Found> find(String path, Call call) throws StorageException {
    String at = path;
    for (int links = 0; links <= MAX_LINKS; links++) {
      Optional<Attributes> there = store.attributes(at, call);
      if (there.isEmpty()) {
        return Optional.empty();
      }
      if (there.get().kind() != FileKind.LINK) {
        boolean file = there.get().kind() == FileKind.FILE;
        return file ? Optional.of(new Found(at, there.get())) : Optional.empty();
      }
      Optional<String> target = target(at, call);
      if (target.isEmpty()) {
        return Optional.empty();
      }
      at = target.get();
    }
    return Optional.empty();
  }

  private Optional<String> target(String link, Call call) throws StorageException {
    Optional<String> text = store.linkText(link, call);
    return text.filter(t -> !t.startsWith("/")).flatMap(t -> resolve(link, t));
  }

  /** The path below the root that a relative text stands for; empty where it leaves the root. */
  static Optional<String> resolve(String link, String text) {
    List<String> names = new ArrayList<>(RemoteName.segments(link));
    names.remove(names.size() - 1);
    for (String each : text.split("/")) {
      if (each.equals("..")) {
        if (names.isEmpty()) {
          return Optional.empty();
        }
        names.remove(names.size() - 1);
      } else if (each.startsWith(StoragePath.RESERVED_PREFIX)) {
        return Optional.empty();
      } else if (!each.isEmpty() && !each.equals(".")) {
        names.add(each);
      }
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(String.join("/", names));
  }
}
