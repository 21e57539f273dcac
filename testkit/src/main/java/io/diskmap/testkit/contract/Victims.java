package io.diskmap.testkit.contract;

import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.ClassArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Child JVMs that save on command, some of them started ahead. For one thread; closing kills all.
 */
final class Victims implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path map;
  private final int ahead;
  private final Deque<ChildJvm> waiting = new ArrayDeque<>();

  Victims(TestDisk disk, int ahead) throws IOException {
    this.map = disk.temp().resolve("disk-map.json");
    Files.writeString(map, disk.diskMap());
    this.ahead = ahead;
  }

  /** A fresh child that is ready. */
  ChildJvm next() throws Exception {
    while (waiting.size() < ahead) {
      waiting.addLast(start(List.of()));
    }
    waiting.addLast(start(List.of()));
    ChildJvm child = waiting.getFirst();
    child.awaitLine("ready", START);
    return waiting.removeFirst();
  }

  /** A child behind a command such as strace; it may end before it is ready. */
  ChildJvm behind(List<String> prefix) throws IOException {
    return start(prefix);
  }

  private ChildJvm start(List<String> prefix) throws IOException {
    return ClassArchive.of(Victim.class, map.toString())
        .child()
        .prefix(prefix)
        .arguments(map.toString())
        .start();
  }

  @Override
  public void close() throws IOException {
    for (ChildJvm child : waiting) {
      child.close();
    }
  }
}
