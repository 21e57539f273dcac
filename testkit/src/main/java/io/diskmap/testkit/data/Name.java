package io.diskmap.testkit.data;

/**
 * A path of the catalogue with a label that can be printed. An immutable value for any thread.
 *
 * @param label what is special about it, in printable ASCII
 * @param path the path itself
 */
public record Name(String label, String path) {
  /** The label alone, as parameterised tests show it. */
  @Override
  public String toString() {
    return label;
  }
}
