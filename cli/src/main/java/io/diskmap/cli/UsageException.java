package io.diskmap.cli;

/** Says that the arguments of the command make no sense, and what to give instead. Immutable. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String sentence) {
    super(sentence);
  }
}
