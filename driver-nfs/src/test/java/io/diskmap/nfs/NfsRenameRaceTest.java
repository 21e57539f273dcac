package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.ErrorKind;
import io.diskmap.ListOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import io.diskmap.testkit.contract.Race;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.process.Strace;
import io.diskmap.testkit.server.NeedsGanesha;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that keeps in mind which file has which name tells of the wrong file where one is
 * replaced while it is renamed. Where the system lets the server be traced it is slow here, and
 * that happens every few dozen rounds.
 */
@NeedsGanesha
@NeedsInstalled(tools = "strace", packages = "strace")
@Timeout(300)
class NfsRenameRaceTest {
  private static final Duration SLOW = Duration.ofMillis(2);
  private static final Duration ENOUGH = Duration.ofSeconds(20);
  private static final int ROUNDS = 200;

  @Test
  void deletes_on_condition_never_take_a_newer_file() throws Exception {
    try (NfsDisks disks = new NfsDisks()) {
      List<Storage> each = List.of(disks.open(), disks.open(), disks.open());
      each.get(0).save("d/f", Content.of("first"));
      each.get(1).exists("d/f");
      each.get(2).exists("d/f");
      long pid = disks.server.process().pid().orElseThrow();
      Optional<Process> slow = Strace.delayingAfter(SLOW, List.of("renameat")).attach(pid);
      try (Race race = new Race(each.size())) {
        long start = System.nanoTime();
        for (int round = 0;
            round < ROUNDS && System.nanoTime() - start < ENOUGH.toNanos();
            round++) {
          race(race, each, round);
        }
      } finally {
        slow.ifPresent(Process::destroy);
      }
      assertThat(each.get(0).list("", ListOptions.defaults()).stream().map(e -> e.path().value()))
          .containsExactly("d/f");
    }
  }

  private static void race(Race race, List<Storage> each, int round) throws Exception {
    Storage saver = each.get(0);
    String content = "newer " + round;
    saver.save("d/f", Content.of("older"));
    Eventually.holds("strong", () -> saver.metadata("d/f").versionTag().strong());
    VersionTag older = saver.metadata("d/f").versionTag();
    race.round(
        number -> {
          if (number == 0) {
            saver.save("d/f", Content.of(content));
          } else {
            delete(each.get(number), older);
          }
          return null;
        });
    assertThat(saver.download("d/f").readAllBytes())
        .as("round %d", round)
        .asString()
        .isEqualTo(content);
  }

  private static void delete(Storage storage, VersionTag version) throws StorageException {
    try {
      storage.delete("d/f", DeleteOptions.defaults().withIfMatch(version));
    } catch (StorageException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.PRECONDITION_FAILED);
    }
  }
}
