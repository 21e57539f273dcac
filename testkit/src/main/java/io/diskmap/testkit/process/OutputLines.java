package io.diskmap.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The lines a process prints, read by a thread of its own, kept for later. For any thread. */
final class OutputLines {
  private static final int SHOWN = 60;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<String> all = new ArrayList<>();
  private final Deque<String> unread = new ArrayDeque<>();
  private boolean ended;

  OutputLines(InputStream stream, String threadName) {
    Thread thread = new Thread(() -> read(stream), threadName);
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes lines up to the first that matches; empty if the output ends or the time is over. */
  Optional<String> take(Predicate<String> wanted, Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        while (!unread.isEmpty()) {
          String line = unread.remove();
          if (wanted.test(line)) {
            return Optional.of(line);
          }
        }
        if (ended
            || !changed.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                && unread.isEmpty()) {
          return Optional.empty();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the process has closed this output; false if the time is over first. */
  boolean awaitEnd(Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!ended) {
        if (deadline.passed()) {
          return false;
        }
        changed.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  List<String> all() {
    lock.lock();
    try {
      return List.copyOf(all);
    } finally {
      lock.unlock();
    }
  }

  String tail() {
    List<String> lines = all();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
  }

  private void read(InputStream stream) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line; (line = reader.readLine()) != null; ) {
        add(line);
      }
    } catch (IOException killed) {
      add("(output broken off: " + killed.getMessage() + ")");
    }
    end();
  }

  private void add(String line) {
    lock.lock();
    try {
      all.add(line);
      unread.add(line);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
