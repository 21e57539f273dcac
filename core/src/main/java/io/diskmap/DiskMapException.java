package io.diskmap;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says that a disk map or the environment around it cannot be used, and lists every problem at
 * once. Immutable; any thread may use it.
 *
 * <p>No problem repeats a value of the map, so the message can be logged.
 */
public final class DiskMapException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<Problem> problems;

  /** The exception for these problems, in the order of their positions. */
  public DiskMapException(List<Problem> problems) {
    super(message(sorted(problems)));
    this.problems = sorted(problems);
  }

  /** The exception for a single problem that has no place in a map. */
  public static DiskMapException of(String message) {
    return new DiskMapException(List.of(Problem.of(message)));
  }

  /** Every problem, in the order of their positions. */
  public List<Problem> problems() {
    return problems;
  }

  private static List<Problem> sorted(List<Problem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("an exception needs at least one problem");
    }
    return problems.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }

  private static String message(List<Problem> problems) {
    if (problems.size() == 1) {
      return problems.get(0).toString();
    }
    return problems.stream()
        .map(Problem::toString)
        .collect(Collectors.joining("\n  ", problems.size() + " problems:\n  ", ""));
  }

  /**
   * One problem: where it is, and a sentence that says what is wrong and what to do. Immutable.
   *
   * @param disk the disk, empty outside of disks
   * @param key the key, with dots between levels, empty where no key is concerned
   * @param line the line in the map, counted from 1, 0 where no text holds the place
   * @param column the column in the map, counted from 1, 0 where no text holds the place
   * @param message the sentence
   */
  public record Problem(String disk, String key, int line, int column, String message)
      implements Serializable {

    /** A problem that has no place in a map. */
    public static Problem of(String message) {
      return new Problem("", "", 0, 0, message);
    }

    /** The place, as far as there is one, and the sentence. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      if (line > 0) {
        text.append("line ").append(line).append(", column ").append(column).append(": ");
      }
      if (!disk.isEmpty()) {
        text.append("disk \"").append(disk).append("\"").append(key.isEmpty() ? ": " : ", ");
      }
      if (!key.isEmpty()) {
        text.append("key \"").append(key).append("\": ");
      }
      return text.append(message).toString();
    }
  }
}
