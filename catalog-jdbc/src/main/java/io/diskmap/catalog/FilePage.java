package io.diskmap.catalog;

import java.util.List;
import java.util.OptionalInt;

/**
 * One page of a task's files.
 *
 * <p>Immutable.
 *
 * @param task whose they are
 * @param files in the order of their paths
 * @param next where the next page begins; none at the end
 */
public record FilePage(TaskRecord task, List<TaskFile> files, OptionalInt next) {
  public FilePage {
    files = List.copyOf(files);
  }
}
