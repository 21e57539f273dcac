package io.diskmap.cli;

import io.diskmap.DiskMapException;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/**
 * Tells a person what failed, where, and what to do, and chooses the exit code. Any thread may call
 * it.
 *
 * <p>Each failure is one line with its kind and one line with the remedy; a stack trace comes only
 * with {@code --debug}.
 */
final class Failures {
  private Failures() {}

  /** Writes the failure and answers the exit code. */
  static int report(Throwable failure, PrintStream err, boolean debug) {
    Throwable cause = unwrap(failure);
    int code = write(cause, err);
    if (debug) {
      cause.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static int write(Throwable cause, PrintStream err) {
    if (cause instanceof StorageException storage) {
      err.println("diskmap: " + sentence(storage));
      err.println("remedy: " + remedy(storage));
      return isOfTheDisk(storage) ? Exit.FAILURE : Exit.of(storage.kind());
    }
    if (cause instanceof DiskMapException map) {
      map.problems().forEach(problem -> err.println("diskmap: CONFIGURATION: " + problem));
      err.println("remedy: mend the disk map or the variables, then run 'diskmap config check'");
      return Exit.USAGE;
    }
    if (cause instanceof UsageException) {
      err.println("diskmap: USAGE: " + cause.getMessage());
      err.println("remedy: see 'diskmap help'");
      return Exit.USAGE;
    }
    if (cause instanceof CommandException own) {
      err.println("diskmap: " + own.kind() + ": " + own.getMessage());
      err.println("remedy: " + own.remedy());
      return Exit.of(own.kind());
    }
    if (cause instanceof IOException) {
      err.println("diskmap: LOCAL_IO: " + cause);
      err.println("remedy: " + Remedies.of(ErrorKind.LOCAL_IO));
      return Exit.FAILURE;
    }
    err.println("diskmap: UNKNOWN: an unforeseen failure: " + cause);
    err.println("remedy: " + Remedies.of(ErrorKind.UNKNOWN));
    return Exit.FAILURE;
  }

  /** What a failure of a cancelled command is: its cancellation, unless more has to be said. */
  static Throwable ofCancelled(Throwable failure) {
    if (failure instanceof StorageException storage
        && (storage.kind() == ErrorKind.CANCELLED || storage.kind() == ErrorKind.OUTCOME_UNKNOWN)) {
      return storage;
    }
    return StorageException.of(ErrorKind.CANCELLED, "The command was cancelled.", failure);
  }

  /** What to do: about the disk's options where it cannot be opened, else about the kind. */
  static String remedy(StorageException failure) {
    return isOfTheDisk(failure)
        ? "mend the options of the disk in the disk map; 'diskmap doctor' looks closer"
        : Remedies.of(failure.kind());
  }

  /** A disk that cannot be opened says nothing about the file that was asked for. */
  private static boolean isOfTheDisk(StorageException failure) {
    return failure.operation().isPresent() && failure.operation().get().equals("open");
  }

  /**
   * The failure in one line: kind, sentence and place; the caller named the path, so it is shown.
   */
  static String sentence(StorageException failure) {
    StringBuilder text = new StringBuilder(failure.kind().name());
    text.append(": ").append(failure.sentence());
    StringBuilder place = new StringBuilder();
    failure.disk().ifPresent(disk -> place.append("disk ").append(disk));
    failure.driver().ifPresent(driver -> join(place, "driver " + driver));
    failure.operation().ifPresent(operation -> join(place, operation));
    failure
        .path()
        .filter(path -> !path.isEmpty())
        .ifPresent(path -> join(place, "path " + Text.visible(path)));
    return place.isEmpty()
        ? text.toString()
        : text.append(" (").append(place).append(')').toString();
  }

  private static void join(StringBuilder place, String part) {
    place.append(place.isEmpty() ? "" : ", ").append(part);
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof UncheckedIOException && cause != null ? cause : failure;
  }
}
