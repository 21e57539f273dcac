package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Durability;
import io.diskmap.StorageException;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.Strace;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver in a child JVM whose system calls fail or lie. */
class SystemFaultsTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";

  @TempDir Path temp;

  /** Does one thing and prints how it ended. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      try (Opened opened = Opened.at(Path.of(arguments[0]))) {
        System.out.println("ended " + run(opened, arguments[1]));
      } catch (StorageException e) {
        System.out.println("ended " + e.kind());
      }
    }

    private static String run(Opened opened, String what) throws StorageException {
      return switch (what) {
        case "put" ->
            "size " + opened.put("f", "x".repeat(100), request(Durability.CONTENT)).size();
        case "name" -> "size " + opened.put("f", "new", request(Durability.NAME)).size();
        case "write" -> "size " + write(opened);
        case "read" -> opened.text("f");
        case "absent" -> {
          WriteRequest absent =
              Opened.request(WriteCondition.ifAbsent(), Map.of(), Durability.CONTENT);
          opened.put("new", "made", absent);
          yield Kinds.of(() -> opened.put("f", "again", absent)).kind().name();
        }
        default -> opened.driver.capabilities().durability().name();
      };
    }

    private static long write(Opened opened) throws StorageException {
      try (StorageWriter writer =
          opened.driver.openWrite(Opened.path("f"), request(Durability.CONTENT))) {
        writer.write(0, Chunk.wrap(ByteBuffer.allocate(Uploads.CHUNK)), Opened.call());
        writer.write(Uploads.CHUNK, Chunk.wrap(ByteBuffer.allocate(7)), Opened.call());
        return writer.commit(new CommitRequest(Uploads.CHUNK + 7, List.of(), Opened.call())).size();
      }
    }

    private static WriteRequest request(Durability durability) {
      return new WriteRequest(
          ID,
          OptionalLong.empty(),
          WriteCondition.none(),
          durability,
          Optional.empty(),
          Map.of(),
          Set.of(),
          Optional.empty(),
          Opened.call());
    }
  }

  @BeforeEach
  void anOldFile() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "old");
    }
  }

  private String end(Strace faults, String what) throws Exception {
    try (ChildJvm child =
        ChildJvm.of(Child.class).prefix(faults.prefix()).arguments(temp.toString(), what).start()) {
      return child.awaitLine("ended ", Duration.ofSeconds(60)).substring("ended ".length());
    }
  }

  private Path staged() {
    return temp.resolve(StagedNames.of(ID));
  }

  private void assertOldAndClean() throws Exception {
    assertThat(temp.resolve("f")).hasContent("old");
    assertThat(LocalHarness.Leftovers.in(temp)).isEmpty();
  }

  @Test
  void a_write_that_claims_more_than_it_did_publishes_nothing() throws Exception {
    Strace lie = Strace.claiming(100, List.of("pwrite64")).onlyOn(staged());
    assertThat(end(lie, "put")).isEqualTo("LENGTH_MISMATCH");
    assertOldAndClean();
    Strace lastChunk = Strace.claiming(7, List.of("pwrite64")).at(2).onlyOn(staged());
    assertThat(end(lastChunk, "write")).isEqualTo("LENGTH_MISMATCH");
    assertOldAndClean();
  }

  @Test
  void a_short_write_is_continued() throws Exception {
    Strace slow = Strace.failing("EINTR", List.of("pwrite64")).at(1).onlyOn(staged());
    assertThat(end(slow, "put")).isEqualTo("size 100");
    assertThat(temp.resolve("f")).hasContent("x".repeat(100));
  }

  @Test
  void a_failed_fsync_publishes_nothing() throws Exception {
    Strace failing = Strace.failing("EIO", Strace.SYNCS).onlyOn(staged());
    assertThat(end(failing, "put")).isEqualTo("UNAVAILABLE");
    assertOldAndClean();
    assertThat(end(failing, "write")).isEqualTo("UNAVAILABLE");
    assertOldAndClean();
  }

  @Test
  void a_quota_and_a_full_disk_are_told_apart() throws Exception {
    assertThat(end(Strace.failing("EDQUOT", List.of("pwrite64")).onlyOn(staged()), "put"))
        .isEqualTo("QUOTA_EXCEEDED");
    assertThat(end(Strace.failing("ENOSPC", List.of("pwrite64")).onlyOn(staged()), "put"))
        .isEqualTo("NO_SPACE");
    assertThat(end(Strace.failing("EROFS", Strace.RENAMES).onlyOn(temp.toRealPath()), "put"))
        .isEqualTo("READ_ONLY");
    assertOldAndClean();
  }

  @Test
  void directories_without_fsync_lower_the_promise() throws Exception {
    Path saves = temp.resolve(".diskmap/saves");
    Strace lacking = Strace.failing("EINVAL", Strace.SYNCS).onlyOn(saves);
    assertThat(end(lacking, "capabilities")).isEqualTo("CONTENT");
    assertThat(end(lacking, "name")).isEqualTo("UNSUPPORTED");
    assertOldAndClean();
  }

  @Test
  void a_name_whose_directory_cannot_be_made_durable_is_an_unknown_outcome() throws Exception {
    Strace failing = Strace.failing("EIO", Strace.SYNCS).onlyOn(temp.toRealPath());
    assertThat(end(failing, "name")).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(temp.resolve("f")).hasContent("new");
    assertThat(LocalHarness.Leftovers.in(temp)).isEmpty();
  }

  @Test
  void a_new_file_is_exclusive_where_there_are_no_hard_links() throws Exception {
    assertThat(end(Strace.failing("EPERM", Strace.LINKS), "absent")).isEqualTo("ALREADY_EXISTS");
    assertThat(temp.resolve("new")).hasContent("made");
    assertOldAndClean();
    Files.delete(temp.resolve("new"));
  }
}
