package io.diskmap.spi.staged;

import io.diskmap.StoragePath;
import io.diskmap.spi.RandomId;
import java.util.Optional;

/** Paths on the server and the hidden names of what is staged. Stateless. */
final class RemotePaths {
  static final String HIDDEN = ".diskmap-";

  private RemotePaths() {}

  /** A name inside a directory; the root is the empty text. */
  static String in(String directory, String name) {
    return directory.isEmpty() ? name : directory + '/' + name;
  }

  /** The directory of a path; empty for the root. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The hidden name beside a file, made of an id. */
  static String hidden(StoragePath path, String id) {
    return in(parent(path.value()), HIDDEN + id);
  }

  /** The id in a hidden name; empty for another name. */
  static Optional<String> idOf(String name) {
    boolean staged = name.startsWith(HIDDEN) && isId(name.substring(HIDDEN.length()));
    return staged ? Optional.of(name.substring(HIDDEN.length())) : Optional.empty();
  }

  static boolean isId(String text) {
    return text.matches("[0-9a-f]{32}");
  }

  /** An id of the form of a write id. */
  static String randomId() {
    return RandomId.hex();
  }
}
