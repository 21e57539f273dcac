package io.diskmap.internal.options;

/** Says why a value is refused, in a sentence that does not repeat it. */
public final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadValueException(String message) {
    super(message, null, false, false);
  }
}
