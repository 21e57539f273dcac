package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.Strace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Savers that are killed at each system call that makes, names, removes or secures a file (S1, S2,
 * S8).
 *
 * <p>For disks whose driver makes these calls in its own process.
 */
public interface CallKillContract {
  /** The calls, by what they do. */
  Map<String, List<String>> CALLS =
      new TreeMap<>(
          Map.of(
              "link", Strace.LINKS,
              "rename", Strace.RENAMES,
              "sync", Strace.SYNCS,
              "unlink", Strace.UNLINKS,
              "make", List.of("mkdir", "mkdirat")));

  @Test
  @Timeout(1200)
  @Clause({"S1", "S2", "S8"})
  default void an_upload_killed_at_each_system_call_is_resumed(TestDisk disk) throws Exception {
    killAtEachCall(disk, "upload", 2L * disk.chunkSize() + 5);
  }

  @Test
  @Timeout(1200)
  @Clause({"S1", "S2"})
  default void a_save_killed_at_each_system_call_leaves_the_old_or_the_new(TestDisk disk)
      throws Exception {
    killAtEachCall(disk, "save", 2L * disk.chunkSize() + 5);
    killAtEachCall(disk, "put", 100);
  }

  private static void killAtEachCall(TestDisk disk, String command, long length) throws Exception {
    int kills = 0;
    try (Victims victims = new Victims(disk, 0)) {
      for (Map.Entry<String, List<String>> calls : CALLS.entrySet()) {
        boolean struck = true;
        for (int number = 1; struck; number++) {
          String path = "call/%s-%s-%d/f".formatted(command, calls.getKey(), number);
          boolean replacing = number % 2 == 0;
          if (replacing) {
            disk.save(path, "old " + path);
          }
          Strace killing = Strace.killing(calls.getValue()).at(number);
          SeededContent content = new SeededContent(number, length);
          try {
            struck = strike(disk, victims, killing, command, path, content, replacing);
          } catch (Throwable e) {
            throw new AssertionError(command + " killed at " + killing, e);
          }
          kills += struck ? 1 : 0;
        }
      }
    }
    assertThat(kills).as("system calls of one %s", command).isPositive();
    KillContract.sweep(disk);
  }

  /** Whether the call was made, and so struck. */
  private static boolean strike(
      TestDisk disk,
      Victims victims,
      Strace killing,
      String command,
      String path,
      SeededContent content,
      boolean replacing)
      throws Exception {
    List<String> told;
    boolean struck;
    try (ChildJvm victim = victims.behind(killing.prefix())) {
      tell(victim, "%s %s %d %d 1".formatted(command, path, content.seed(), content.length()));
      struck = victim.exitCode(KillContract.PATIENCE) != 0;
      told = victim.output();
    }
    boolean isNew = KillContract.requireOldOrNew(disk, path, content, replacing);
    if (!struck) {
      assertThat(told).contains("done");
      assertThat(isNew).isTrue();
      return false;
    }
    Optional<String> id =
        told.stream().filter(line -> line.startsWith("id ")).map(l -> l.substring(3)).findFirst();
    if (id.isPresent()) {
      resume(disk, id.get(), content);
      disk.requireContent(path, content);
    }
    disk.save(path, "next");
    assertThat(disk.text(path)).isEqualTo("next");
    return true;
  }

  /** A victim that was killed before it could read its command has no input any more. */
  private static void tell(ChildJvm victim, String command) throws InterruptedException {
    try {
      victim.send(command);
      victim.endInput();
    } catch (IOException brokenPipe) {
      assertThat(victim.exitCode(KillContract.PATIENCE)).isNotZero();
    }
  }

  private static void resume(TestDisk disk, String id, SeededContent content) throws Exception {
    try (Upload upload = disk.storage().resumeUpload(id)) {
      int chunk = upload.chunkSize();
      for (long offset = 0; offset < content.length(); offset += chunk) {
        int length = (int) Math.min(chunk, content.length() - offset);
        upload.write(offset, ByteBuffer.wrap(content.range(offset, length)));
      }
      upload.commit(content.length());
    }
  }
}
