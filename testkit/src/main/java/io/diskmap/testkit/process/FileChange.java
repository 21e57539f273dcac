package io.diskmap.testkit.process;

import java.util.Set;

/**
 * One file that a process opened for writing, made, or named. An immutable value for any thread.
 *
 * @param process the thread id that did it
 * @param call the system call
 * @param path the absolute path, the new one where there are two
 * @param flags the flags of an open call, {@code O_CREAT} for one
 */
public record FileChange(long process, String call, String path, Set<String> flags) {
  /** Keeps its own copy of the flags. */
  public FileChange {
    flags = Set.copyOf(flags);
  }

  /** Whether the file was made, or given this name, by this call, or might have been. */
  public boolean creates() {
    return !call.startsWith("open") && !call.equals("truncate")
        || flags.contains("O_CREAT")
        || flags.contains("O_TMPFILE");
  }
}
