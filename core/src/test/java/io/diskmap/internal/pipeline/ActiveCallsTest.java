package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watch over the calls under way. */
@Timeout(60)
class ActiveCallsTest {
  @Test
  void a_call_that_comes_while_the_watch_sleeps_is_watched_too() throws Exception {
    Set<Thread> before = watches();
    try (StorageManager manager = StorageManager.inMemory("d")) {
      Storage storage = manager.disk("d");
      for (int round = 0; round < 2; round++) {
        storage.save("file", Content.of("content"));
        awaitSleepOf(newSince(before));
        try (PipedOutputStream never = new PipedOutputStream();
            InputStream silent = new PipedInputStream(never)) {
          StorageException end =
              catchThrowableOfType(
                  StorageException.class,
                  () ->
                      storage.save(
                          "file",
                          Content.of(silent),
                          SaveOptions.defaults().withTimeout(Duration.ofMillis(200))));
          assertThat(end.kind()).isEqualTo(ErrorKind.TIMEOUT);
        }
      }
    }
  }

  private static Set<Thread> watches() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("diskmap-watch"))
        .collect(Collectors.toSet());
  }

  private static Thread newSince(Set<Thread> before) {
    return watches().stream().filter(thread -> !before.contains(thread)).findFirst().orElseThrow();
  }

  private static void awaitSleepOf(Thread watch) {
    while (watch.getState() != Thread.State.WAITING) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
