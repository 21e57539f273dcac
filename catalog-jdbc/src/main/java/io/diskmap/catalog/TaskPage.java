package io.diskmap.catalog;

import java.util.List;
import java.util.Optional;

/**
 * One page of tasks.
 *
 * <p>Immutable.
 *
 * @param tasks the latest first
 * @param next what {@link TaskQuery#withCursor} takes for the next page; none at the end
 */
public record TaskPage(List<TaskRecord> tasks, Optional<String> next) {
  public TaskPage {
    tasks = List.copyOf(tasks);
  }
}
