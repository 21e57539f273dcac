package io.diskmap.local;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The one translator from what the system says to what a caller can act on. Stateless.
 *
 * <p>Java has types for a few of the system's errors and only their text for the rest, so the text
 * decides. Where the process runs under a locale whose system texts are not English, a failure that
 * has no type of its own becomes UNKNOWN with the system's own words.
 */
final class LocalErrors {
  private record Rule(String text, ErrorKind kind, String sentence) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "no space left on device",
              ErrorKind.NO_SPACE,
              "The file system is full, or out of inodes; free some space."),
          new Rule(
              "quota exceeded",
              ErrorKind.QUOTA_EXCEEDED,
              "The quota of this process' user or group is used up; free some space or raise it."),
          new Rule(
              "read-only file system",
              ErrorKind.READ_ONLY,
              "The file system is mounted read-only; remount it for writing."),
          new Rule(
              "stale",
              ErrorKind.UNAVAILABLE,
              "The file server no longer knows the open file or directory (stale handle); check the"
                  + " export, or mount it again."),
          new Rule(
              "file name too long",
              ErrorKind.PATH_INVALID,
              "The name or path is longer than the file system can hold; see maxSegmentBytes."),
          new Rule(
              "multibyte",
              ErrorKind.PATH_INVALID,
              "The file system cannot hold this name in its character set."),
          new Rule(
              "too many open files",
              ErrorKind.UNAVAILABLE,
              "The process or the system is out of file descriptors; raise the limit (ulimit -n)."),
          new Rule(
              "input/output error",
              ErrorKind.UNAVAILABLE,
              "The device or file server reported an input/output error; look at the kernel's log."),
          new Rule(
              "structure needs cleaning",
              ErrorKind.UNAVAILABLE,
              "The file system is damaged; unmount it and run fsck."),
          new Rule(
              "not a directory",
              ErrorKind.PATH_CONFLICT,
              "A file stands where a directory is needed."),
          new Rule(
              "is a directory",
              ErrorKind.PATH_CONFLICT,
              "A directory stands where the file would be."),
          new Rule(
              "directory not empty",
              ErrorKind.PATH_CONFLICT,
              "A directory that is not empty stands where the file would be."),
          new Rule(
              "file too large",
              ErrorKind.TOO_LARGE,
              "The file is larger than the file system or the process' limit allows (ulimit -f)."),
          new Rule(
              "too many levels of symbolic links",
              ErrorKind.PERMISSION_DENIED,
              "A link stands on the path; links to directories are not followed."),
          new Rule(
              "permission denied",
              ErrorKind.PERMISSION_DENIED,
              "The system refused access; check owner and mode of the file and its directories."),
          new Rule(
              "operation not permitted",
              ErrorKind.PERMISSION_DENIED,
              "The system does not permit this to the process' user."),
          new Rule(
              "no locks available",
              ErrorKind.UNSUPPORTED,
              "The file server gives no locks; mount it with locking."),
          new Rule(
              "timed out",
              ErrorKind.TIMEOUT,
              "The file server did not answer in time; check the network and the mount."),
          new Rule("busy", ErrorKind.BUSY, "The file or directory is in use by another program."),
          new Rule(
              "temporarily unavailable",
              ErrorKind.BUSY,
              "The file keeps changing under the operation; try again."),
          new Rule(
              "host is down",
              ErrorKind.UNAVAILABLE,
              "The file server is down; check the server and the mount."),
          new Rule(
              "no route to host",
              ErrorKind.UNAVAILABLE,
              "The file server cannot be reached; check the network."),
          new Rule(
              "not connected",
              ErrorKind.UNAVAILABLE,
              "The mount has lost its file server; mount it again."),
          new Rule(
              "no such device",
              ErrorKind.UNAVAILABLE,
              "The device is gone; check that it is attached and mounted."),
          new Rule(
              "cannot allocate memory",
              ErrorKind.UNAVAILABLE,
              "The system is out of memory; free some."),
          new Rule(
              "not supported",
              ErrorKind.UNSUPPORTED,
              "The file system does not support this operation."),
          new Rule(
              "not implemented",
              ErrorKind.UNSUPPORTED,
              "This system does not support the operation."),
          new Rule(
              "cross-device link",
              ErrorKind.UNSUPPORTED,
              "Source and target are on different file systems."));

  private LocalErrors() {}

  /** The exception of the contract for a failure of the system. */
  static StorageException of(Throwable failure) {
    if (failure instanceof StorageException translated) {
      return translated;
    }
    if (failure instanceof DirectoryIteratorException wrapped) {
      return of(Objects.requireNonNull(wrapped.getCause()));
    }
    if (failure instanceof ClosedByInterruptException) {
      return StorageException.of(
          ErrorKind.CANCELLED, "The calling thread was interrupted.", failure);
    }
    if (failure instanceof ClosedChannelException || failure instanceof IllegalStateException) {
      return StorageException.of(ErrorKind.CLOSED, "The file or the disk is closed.", failure);
    }
    if (failure instanceof NoSuchFileException) {
      return StorageException.of(ErrorKind.NOT_FOUND, "The file does not exist.", failure);
    }
    if (failure instanceof FileAlreadyExistsException) {
      return StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.", failure);
    }
    if (failure instanceof LinkRefusedException) {
      return StorageException.of(
          ErrorKind.PERMISSION_DENIED,
          "A link stands on the path that leaves the root or leads to a directory; name the file"
              + " itself.",
          failure);
    }
    return byText(failure, textOf(failure));
  }

  private static StorageException byText(Throwable failure, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (Rule rule : RULES) {
      if (lower.contains(rule.text())) {
        return StorageException.of(rule.kind(), rule.sentence(), failure);
      }
    }
    return StorageException.of(
        ErrorKind.UNKNOWN,
        text.isEmpty()
            ? "The file system failed; the cause says more."
            : "The file system failed: " + text + ".",
        failure);
  }

  /** The system's own words, without the path that Java puts before them. */
  private static String textOf(Throwable failure) {
    if (failure instanceof NotDirectoryException) {
      return "Not a directory";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "Directory not empty";
    }
    if (failure instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (failure instanceof FileSystemLoopException) {
      return "Too many levels of symbolic links";
    }
    if (failure instanceof FileSystemException system) {
      return system.getReason() == null ? "" : system.getReason();
    }
    return failure instanceof IOException && failure.getMessage() != null
        ? failure.getMessage()
        : "";
  }

  /** Whether a file server has forgotten a handle, which opening it again may mend. */
  static boolean isStale(IOException failure) {
    return textOf(failure).toLowerCase(Locale.ROOT).contains("stale");
  }

  /** Whether the failure is of this kind. */
  static boolean is(IOException failure, ErrorKind kind) {
    return of(failure).kind() == kind;
  }

  /** Whether the file system lacks an operation, rather than failing at it. */
  static boolean isLacking(IOException failure) {
    String text = textOf(failure).toLowerCase(Locale.ROOT);
    return text.contains("not supported")
        || text.contains("not implemented")
        || text.contains("invalid argument")
        || text.contains("no locks available")
        || text.contains("not permitted");
  }
}
