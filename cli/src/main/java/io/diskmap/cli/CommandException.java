package io.diskmap.cli;

import io.diskmap.ErrorKind;
import org.jspecify.annotations.Nullable;

/** A failure of the command itself, with a remedy of its own. Immutable. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorKind kind;
  private final String remedy;

  CommandException(ErrorKind kind, String sentence, String remedy, @Nullable Throwable cause) {
    super(sentence, cause);
    this.kind = kind;
    this.remedy = remedy;
  }

  ErrorKind kind() {
    return kind;
  }

  String remedy() {
    return remedy;
  }
}
