package io.diskmap.internal.json;

/**
 * Where a value or key begins in a JSON text, counted from 1. Immutable.
 *
 * @param line the line, 0 for values that come from a program
 * @param column the column, 0 for values that come from a program
 */
public record Position(int line, int column) {
  /** The position of values that no text holds. */
  public static final Position NONE = new Position(0, 0);
}
