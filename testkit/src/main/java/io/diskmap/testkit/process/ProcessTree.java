package io.diskmap.testkit.process;

import java.util.List;
import java.util.stream.Stream;

/** A process with its descendants. For any thread. */
final class ProcessTree {
  private ProcessTree() {}

  static List<Long> pids(Process process) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }
}
