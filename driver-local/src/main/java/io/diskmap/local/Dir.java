package io.diskmap.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * An open directory: every operation is on one name in it and follows no link.
 *
 * <p>Thread-safe. A name is a relative path of one element. The handle keeps standing for the same
 * directory whatever happens to the path that led to it.
 */
interface Dir extends AutoCloseable {
  /** Opens a directory in it; a link is refused with {@link LinkRefusedException}. */
  Dir open(Path name) throws IOException;

  /** Opens the directory at the end of these names; refuses a link as {@link #open} does. */
  default Dir walk(List<Path> names) throws IOException {
    Dir at = borrowed();
    for (Path name : names) {
      try (Dir parent = at) {
        at = parent.open(name);
      }
    }
    return at;
  }

  /** The same directory under a handle that closing leaves open. */
  Dir borrowed();

  /** Opens a regular file. */
  FileChannel openFile(Path name, Set<? extends OpenOption> options) throws IOException;

  /** Makes a new file, open for reading and writing; the process' mask narrows the mode. */
  FileChannel createFile(Path name, Set<PosixFilePermission> mode) throws IOException;

  /** Looks at a name. */
  Attrs stat(Path name) throws IOException;

  /** Looks at the directory itself. */
  Attrs self() throws IOException;

  /** Looks at a name with all that makes a version. */
  Change change(Path name) throws IOException;

  /**
   * A look at a name and at its time of change.
   *
   * @param attrs kind, size, identity
   * @param changed the time of the last change of any kind
   * @param sure whether the two belong together; not while the file or the path to it keeps
   *     changing
   */
  record Change(Attrs attrs, Instant changed, boolean sure) {
    /** What is no file, or keeps changing. */
    static Change unsure(Attrs attrs) {
      return new Change(attrs, attrs.modified(), false);
    }
  }

  /** Where a link points, as text. */
  Path readLink(Path name) throws IOException;

  /** Makes a directory; the process' mask narrows the mode. */
  void makeDirectory(Path name, Set<PosixFilePermission> mode) throws IOException;

  /** Gives a file a second name in a directory; never replaces one. */
  void link(Path existing, Dir target, Path name) throws IOException;

  /** Renames into another directory; replaces a file. */
  void rename(Path from, Dir target, Path to) throws IOException;

  void deleteFile(Path name) throws IOException;

  void deleteDirectory(Path name) throws IOException;

  void setMode(Path name, Set<PosixFilePermission> mode) throws IOException;

  void setGroup(Path name, GroupPrincipal group) throws IOException;

  /** Makes the names in it durable. */
  void sync() throws IOException;

  /** The stored names, each as a path whose last element is the name; closed by the caller. */
  DirectoryStream<Path> names() throws IOException;

  @Override
  void close() throws IOException;
}
