package io.diskmap.sshfs;

import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Loses the reply to the next change of a user's file: the line is encrypted, so replies travel
 * slowly, and the line is cut as soon as the change shows in the server's directory.
 *
 * <p>For one thread; a thread of its own watches the directory.
 */
final class LostReply {
  private static final Duration TRAVEL = Duration.ofMillis(150);
  private static final Duration LOOK = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private LostReply() {}

  static Trip arm(FaultProxy line, Path directory) {
    AtomicBoolean lost = new AtomicBoolean();
    String before = visible(directory);
    line.delay(Direction.TO_CLIENT, TRAVEL);
    Thread watch =
        new Thread(
            () -> {
              long end = System.nanoTime() + PATIENCE.toNanos();
              while (visible(directory).equals(before) && System.nanoTime() < end) {
                LockSupport.parkNanos(LOOK.toNanos());
              }
              line.resetAll();
              line.delay(Direction.TO_CLIENT, Duration.ZERO);
              lost.set(true);
            },
            "lost-reply-watch");
    watch.setDaemon(true);
    watch.start();
    return Trip.seenBy("the lost reply to the next change", () -> lost.get() && ended(watch));
  }

  private static boolean ended(Thread watch) {
    try {
      watch.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !watch.isAlive();
  }

  /** The files of users with what tells one version from another; a look can cross a change. */
  private static String visible(Path directory) {
    while (Files.isDirectory(directory)) {
      try {
        return look(directory);
      } catch (NoSuchFileException | UncheckedIOException changing) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return "no directory";
  }

  private static String look(Path directory) throws IOException {
    TreeMap<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        BasicFileAttributes attributes =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String path = directory.relativize(file).toString();
        if (!attributes.isDirectory() && !path.contains(".diskmap")) {
          files.put(path, attributes.fileKey() + " " + attributes.lastModifiedTime());
        }
      }
    }
    return files.toString();
  }
}
