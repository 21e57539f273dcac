package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.Strace;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers of ours that are killed in the middle of a save, at random and at each system call. */
public interface ServerKillContract {
  /** Of so many kills one lasts until the sender gives up; the others are over before that. */
  int PATIENT = 5;

  @Test
  @Timeout(1200)
  @Clause({"S1", "S2", "S8", "E2"})
  default void an_upload_outlives_kills_of_the_server(TestDisk disk) throws Exception {
    Random random = new Random(KillContract.SEED + 2);
    int kills = disk.share(KillContract.KILLS / 10);
    int chunk = disk.chunkSize();
    disk.server().kill();
    disk.server().start();
    for (int kill = 0; kill < kills; kill++) {
      SeededContent content =
          new SeededContent(random.nextLong(), 3L * chunk + random.nextInt(chunk));
      String path = "upload/" + kill;
      int nanos = random.nextInt(30_000_000);
      try (Race race = new Race(1)) {
        Upload upload = begin(disk, path);
        Future<Optional<StorageException>> sending = race.begin(() -> send(upload, content));
        LockSupport.parkNanos(nanos);
        disk.server().kill();
        if (kill % PATIENT == 0) {
          sending.get();
        }
        disk.server().start();
        sending.get();
        requireGoesOn(disk, upload.id(), path, content);
        upload.close();
      } catch (Throwable e) {
        throw new AssertionError(
            "seed %d, kill %d after %d ns".formatted(KillContract.SEED, kill, nanos), e);
      }
    }
  }

  private static Upload begin(TestDisk disk, String path) throws StorageException {
    return disk.storage()
        .beginUpload(path, SaveOptions.defaults().withAttributes(Map.of("k", "v")));
  }

  private static Optional<StorageException> send(Upload upload, SeededContent content) {
    try {
      int chunk = upload.chunkSize();
      for (long offset = 0; offset < content.length(); offset += chunk) {
        int length = (int) Math.min(chunk, content.length() - offset);
        upload.write(offset, ByteBuffer.wrap(content.range(offset, length)));
      }
      upload.commit(content.length());
      return Optional.empty();
    } catch (StorageException e) {
      assertThat(e.kind())
          .isIn(ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.OUTCOME_UNKNOWN);
      return Optional.of(e);
    }
  }

  private static void requireGoesOn(TestDisk disk, String id, String path, SeededContent content)
      throws Exception {
    try (Upload again = disk.storage().resumeUpload(id)) {
      int chunk = again.chunkSize();
      for (long offset = 0; offset < content.length(); offset += chunk) {
        int length = (int) Math.min(chunk, content.length() - offset);
        again.write(offset, ByteBuffer.wrap(content.range(offset, length)));
      }
      again.commit(content.length());
    }
    disk.requireContent(path, content);
  }

  @Test
  @Timeout(1200)
  @Clause({"S1", "S2", "S8"})
  default void a_server_killed_at_each_system_call_keeps_its_promises(TestDisk disk)
      throws Exception {
    int most = Integer.getInteger("diskmap.contract.server.calls", 12);
    int kills = 0;
    long length = 2L * disk.chunkSize() + 9;
    for (Map.Entry<String, List<String>> calls : CallKillContract.CALLS.entrySet()) {
      boolean struck = true;
      for (int number = 1; struck && number <= most; number++) {
        Strace killing = Strace.killing(calls.getValue()).at(number);
        String path = "call/%s-%d/f".formatted(calls.getKey(), number);
        disk.server().kill();
        disk.server().startBehind(killing.prefix());
        try {
          struck = strike(disk, path, new SeededContent(number, length));
        } catch (Throwable e) {
          throw new AssertionError("server killed at " + killing, e);
        }
        kills += struck ? 1 : 0;
      }
    }
    assertThat(kills).isPositive();
    disk.server().kill();
    disk.server().recover();
    KillContract.sweep(disk);
  }

  /** Whether the server was killed while it served one upload. */
  private static boolean strike(TestDisk disk, String path, SeededContent content)
      throws Exception {
    Optional<Upload> upload = Optional.empty();
    boolean struck;
    try {
      upload = Optional.of(begin(disk, path));
      struck = send(upload.get(), content).isPresent();
    } catch (StorageException e) {
      assertThat(e.kind())
          .isIn(ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.OUTCOME_UNKNOWN);
      struck = true;
    }
    disk.server().kill();
    disk.server().recover();
    Eventually.holds(
        "the server answers", Duration.ofSeconds(30), () -> disk.storage().health().healthy());
    if (upload.isPresent()) {
      requireGoesOn(disk, upload.get().id(), path, content);
      upload.get().close();
    } else {
      assertThat(disk.storage().exists(path)).isFalse();
    }
    disk.storage().save(path, Content.of("next"));
    assertThat(disk.text(path)).isEqualTo("next");
    return struck;
  }
}
