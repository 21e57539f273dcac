package io.diskmap.local;

import io.diskmap.CallContext;
import io.diskmap.Capabilities;
import io.diskmap.Capabilities.Atomicity;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Finds out what the file system under a disk can do, by doing it once in the disk's own directory.
 *
 * <p>Thread-safe. A read-only disk is not written to: there only the length of names is asked.
 */
final class Probe {
  private static final int CHANGES = 8;
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Disk disk;

  Probe(Disk disk) {
    this.disk = disk;
  }

  Capabilities probe() throws IOException {
    int segment = disk.tree.run(Probe::longestSegment);
    if (disk.context.readOnly()) {
      return capabilities(Atomicity.ATOMIC, Atomicity.COOPERATIVE, Durability.NAME, true, segment);
    }
    Call call = Call.within(CallContext.none(), disk.context.timeout());
    disk.lock(StoragePath.of("probe"), call).close();
    boolean locks = disk.locks.isSupported();
    return disk.state.making("saves", dir -> probeIn(dir, locks, segment));
  }

  private Capabilities probeIn(Dir dir, boolean locks, int segment) throws IOException {
    String id = StagedNames.randomId();
    Path name = Path.of("Probe-" + id);
    try (FileChannel file = disk.files.createFile(dir, name, disk.files.fileMode())) {
      boolean caseSensitive = Publisher.statIfThere(dir, Path.of("pROBE-" + id)).isEmpty();
      measureClock(dir, name, file);
      boolean content = isDone(() -> file.force(false));
      boolean names = content && isDone(dir::sync);
      boolean links = canLink(dir, name, Path.of("Probe-link-" + id));
      return capabilities(
          links ? Atomicity.ATOMIC : locks ? Atomicity.COOPERATIVE : Atomicity.NONE,
          locks ? Atomicity.COOPERATIVE : Atomicity.NONE,
          names ? Durability.NAME : content ? Durability.CONTENT : Durability.NONE,
          caseSensitive,
          segment);
    } finally {
      dir.deleteFile(name);
    }
  }

  private static Capabilities capabilities(
      Atomicity create, Atomicity match, Durability durability, boolean cases, int segment) {
    return new Capabilities(
        create,
        match,
        durability,
        true,
        true,
        true,
        cases,
        segment,
        StoragePath.MAX_PATH_BYTES,
        Long.MAX_VALUE);
  }

  /** Whether the file system has an operation; a failure of one that it has is thrown. */
  private static boolean isDone(Quietly.Cleanup operation) throws IOException {
    try {
      operation.run();
      return true;
    } catch (IOException e) {
      if (LocalErrors.isLacking(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean canLink(Dir dir, Path name, Path second) throws IOException {
    boolean linked = isDone(() -> dir.link(name, dir, second));
    if (linked) {
      dir.deleteFile(second);
    }
    return linked;
  }

  /**
   * Sets the store's clock, and its granularity: none where a row of changes within a millisecond,
   * each looked at, all have times of their own; seconds where no time has a fraction.
   */
  private void measureClock(Dir dir, Path name, FileChannel file) throws IOException {
    long start = System.nanoTime();
    boolean distinct = true;
    boolean fractions = false;
    Instant last = Instant.MIN;
    for (int i = 0; i < CHANGES; i++) {
      file.write(ByteBuffer.allocate(1), i);
      Instant changed = dir.change(name).changed();
      distinct &= changed.isAfter(last);
      fractions |= changed.getNano() != 0;
      last = changed;
    }
    boolean atOnce = System.nanoTime() - start < CHANGES * AT_ONCE.toNanos();
    disk.clock.observe(dir.stat(name).modified());
    if (disk.clock.isOwn() && fractions) {
      disk.clock.measured(distinct && atOnce ? Duration.ZERO : StoreClock.TICK);
    } else {
      disk.clock.measured(StoreClock.COARSE);
    }
  }

  /** The longest name that the file system takes, found by looking for names that do not exist. */
  private static int longestSegment(Dir root) throws IOException {
    int fits = 0;
    int fails = StoragePath.MAX_SEGMENT_BYTES + 1;
    for (int next = fails - 1; fails - fits > 1; next = (fits + fails) / 2) {
      if (isNameTaken(root, next)) {
        fits = next;
      } else {
        fails = next;
      }
    }
    return fits;
  }

  private static boolean isNameTaken(Dir root, int length) throws IOException {
    try {
      root.stat(Path.of("x".repeat(length)));
      return true;
    } catch (NoSuchFileException none) {
      return true;
    } catch (IOException e) {
      if (LocalErrors.is(e, ErrorKind.PATH_INVALID)) {
        return false;
      }
      throw e;
    }
  }
}
