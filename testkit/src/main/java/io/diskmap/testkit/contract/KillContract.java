package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.Storage;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.ChildJvm;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Savers that are killed at any moment: the old file stands or the new one is whole, and another
 * process goes on from the upload's id alone (S1, S2, S8).
 *
 * <p>{@code -Ddiskmap.contract.kills} says how many, {@code -Ddiskmap.contract.seed} where.
 */
public interface KillContract {
  /** How many saves are killed where a variant runs all rounds. */
  int KILLS = Integer.getInteger("diskmap.contract.kills", 200);

  /** What determines the points of the kills. */
  long SEED = Long.getLong("diskmap.contract.seed", 4711);

  /** How long a child may take for a step on a busy machine. */
  Duration PATIENCE = Duration.ofSeconds(90);

  @Test
  @Timeout(1200)
  @Clause({"S1:replace", "S2", "S8"})
  default void an_upload_killed_at_any_point_is_resumed_by_another_process(TestDisk disk)
      throws Exception {
    Random random = new Random(SEED);
    int chunk = disk.chunkSize();
    try (Victims victims = new Victims(disk, 2)) {
      for (int kill = 0; kill < disk.share(KILLS * 2 / 3); kill++) {
        int chunks = 1 + random.nextInt(6);
        long length = (long) (chunks - 1) * chunk + 1 + random.nextInt(chunk);
        Killed killed =
            new Killed(
                "upload/%03d".formatted(kill),
                new SeededContent(random.nextLong(), length),
                1 + random.nextInt(2),
                random.nextInt(chunks + 2),
                random.nextInt(4_000_000),
                random.nextBoolean());
        try {
          killed.check(disk, victims);
        } catch (Throwable e) {
          throw new AssertionError("seed %d, kill %d: %s".formatted(SEED, kill, killed), e);
        }
      }
    }
    sweep(disk);
  }

  /**
   * One upload and where it is killed.
   *
   * @param point after which chunk has begun: 0 is right after the id, the last is the commit
   */
  record Killed(
      String path, SeededContent content, int writers, int point, int nanos, boolean replacing) {
    private void check(TestDisk disk, Victims victims) throws Exception {
      if (replacing) {
        disk.save(path, "old " + path);
      }
      int chunk = disk.chunkSize();
      int chunks = (int) ((content.length() + chunk - 1) / chunk);
      List<String> told;
      try (ChildJvm victim = victims.next()) {
        victim.send(
            "upload %s %d %d %d".formatted(path, content.seed(), content.length(), writers));
        victim.awaitLine("id ", PATIENCE);
        if (point > chunks) {
          victim.awaitLine("commit", PATIENCE);
        } else if (point > 0) {
          victim.awaitLine("begin " + (point - 1), PATIENCE);
        }
        LockSupport.parkNanos(nanos);
        victim.kill9();
        told = victim.output();
      }
      requireOldOrNew(disk, path, content, replacing);
      resume(disk.storage(), told, chunk);
      disk.requireContent(path, content);
      assertThat(disk.storage().metadata(path).attributes())
          .containsEntry("seed", Long.toString(content.seed()));
    }

    private void resume(Storage storage, List<String> told, int chunk) throws Exception {
      String id = told.stream().filter(l -> l.startsWith("id ")).findFirst().orElseThrow();
      Set<Integer> begun = numbers(told, "begin ");
      Set<Integer> sent = numbers(told, "sent ");
      try (Upload upload = storage.resumeUpload(id.substring(3))) {
        Set<Integer> stored = stored(upload.received(), chunk);
        assertThat(stored).as("chunks that were acknowledged").containsAll(sent);
        begun.removeAll(stored);
        assertThat(begun).as("chunks to send again").hasSizeLessThanOrEqualTo(writers);
        for (int i = 0; (long) i * chunk < content.length(); i++) {
          if (!stored.contains(i)) {
            long offset = (long) i * chunk;
            int length = (int) Math.min(chunk, content.length() - offset);
            upload.write(offset, ByteBuffer.wrap(content.range(offset, length)));
          }
        }
        FileMetadata saved = upload.commit(content.length());
        assertThat(saved.size()).isEqualTo(content.length());
      }
    }

    private Set<Integer> stored(List<ByteRange> ranges, int chunk) {
      Set<Integer> chunks = new HashSet<>();
      for (ByteRange range : ranges) {
        assertThat(range.offset() % chunk).as("start of %s", range).isZero();
        long end = range.offset() + range.length();
        assertThat(end % chunk == 0 || end == content.length()).as("end of %s", range).isTrue();
        for (long at = range.offset(); at < end; at += chunk) {
          chunks.add((int) (at / chunk));
        }
      }
      return chunks;
    }

    private static Set<Integer> numbers(List<String> lines, String prefix) {
      Set<Integer> numbers = new HashSet<>();
      for (String line : lines) {
        if (line.startsWith(prefix)) {
          numbers.add(Integer.parseInt(line.substring(prefix.length())));
        }
      }
      return numbers;
    }
  }

  /** Requires that a path has its old content, or the whole new one, and whether it is new. */
  static boolean requireOldOrNew(
      TestDisk disk, String path, SeededContent content, boolean replacing) throws Exception {
    Optional<byte[]> now =
        disk.storage().exists(path) ? Optional.of(disk.bytes(path)) : Optional.empty();
    byte[] old = ("old " + path).getBytes(StandardCharsets.UTF_8);
    if (replacing ? now.isPresent() && Arrays.equals(now.get(), old) : now.isEmpty()) {
      return false;
    }
    assertThat(now).as("%s after the kill", path).isPresent();
    content.assertEquals(new ByteArrayInputStream(now.get()));
    return true;
  }

  /**
   * Requires that the next save holds. A server that had the whole file before the kill can publish
   * it yet, once, since nobody was told that it was not saved; what no server is between cannot.
   */
  private static void requireNext(
      TestDisk disk, String path, SeededContent content, boolean published) throws Exception {
    disk.save(path, "next");
    byte[] next = "next".getBytes(StandardCharsets.UTF_8);
    byte[] now = disk.bytes(path);
    if (disk.isServed() && !published && !Arrays.equals(now, next)) {
      content.assertEquals(new ByteArrayInputStream(now));
      disk.save(path, "next");
      now = disk.bytes(path);
    }
    assertThat(now).isEqualTo(next);
  }

  /** Sweeps what the killed have left, together with all files; then nothing may be staged. */
  static void sweep(TestDisk disk) throws Exception {
    Storage sweeping = disk.open("\"sweep_age\":\"0s\"").disk(TestDisk.NAME);
    for (String path : disk.names("")) {
      assertThat(path).matches("(upload|save|call)/.*");
    }
    Eventually.holds(
        "what the killed have staged is swept",
        Duration.ofMinutes(2),
        () -> {
          sweeping.cleanup("", Duration.ZERO, false);
          assertThat(disk.staged()).isEmpty();
          return true;
        });
    disk.clear();
  }

  @Test
  @Timeout(1200)
  @Clause({"S1:replace", "S2"})
  default void a_save_killed_at_any_point_leaves_the_old_file_or_the_new_one(TestDisk disk)
      throws Exception {
    Random random = new Random(SEED + 1);
    int chunk = disk.chunkSize();
    try (Victims victims = new Victims(disk, 2)) {
      for (int kill = 0; kill < disk.share(KILLS - KILLS * 2 / 3); kill++) {
        String path = "save/d%d/%03d".formatted(kill % 5, kill);
        boolean replacing = random.nextBoolean();
        boolean small = random.nextInt(3) == 0;
        long length = small ? random.nextInt(1000) : 1L + random.nextInt(5 * chunk);
        SeededContent content = new SeededContent(random.nextLong(), length);
        int point = small ? -1 : random.nextInt((int) (length / (64 * 1024) + 1));
        int nanos = random.nextInt(4_000_000);
        String where =
            "seed %d, kill %d of %s after %d and %d ns"
                .formatted(SEED, kill, content, point, nanos);
        if (replacing) {
          disk.save(path, "old " + path);
        }
        try (ChildJvm victim = victims.next()) {
          victim.send(
              "%s %s %d %d".formatted(small ? "put" : "save", path, content.seed(), length));
          victim.awaitLine(point < 0 ? "begin" : "begin " + point, PATIENCE);
          LockSupport.parkNanos(nanos);
          victim.kill9();
        }
        try {
          boolean published = requireOldOrNew(disk, path, content, replacing);
          requireNext(disk, path, content, published);
        } catch (Throwable e) {
          throw new AssertionError(where, e);
        }
      }
    }
    sweep(disk);
  }
}
