package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.ServerRole;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.WriteRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files under the hidden name of a delete on condition, whatever else happens then (D8, Z1). */
class CapturedTest {
  private static final Call CALL = Call.unbounded(CallContext.none());

  private final StoragePath path = StoragePath.of("d/f");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ChunkPool chunks = new ChunkPool(8L << 20);
  private final AtomicReference<Step> before = new AtomicReference<>(() -> {});
  private final AtomicReference<Step> after = new AtomicReference<>(() -> {});

  @TempDir Path root;

  /** What happens once, in another process. */
  private interface Step {
    void run() throws Exception;
  }

  CapturedTest() throws StorageException {}

  @AfterEach
  void stop() {
    threads.shutdown();
  }

  /** A server where something happens around the capture of a file. */
  private final class Server extends DirectoryStore {
    Server() {
      super(root, true);
    }

    @Override
    public void replace(String from, String to, Call call) throws StorageException {
      boolean capture = from.equals(path.value());
      if (capture) {
        run(before);
      }
      super.replace(from, to, call);
      if (capture) {
        run(after);
      }
    }

    private void run(AtomicReference<Step> step) {
      try {
        step.getAndSet(() -> {}).run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private StagedSaves process(boolean inDirectory) {
    DriverContext context =
        new DriverContext(
            "test",
            ServerRole.TESTING,
            Clock.systemUTC(),
            chunks,
            threads,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            false);
    StagedOptions options =
        new StagedOptions(
            ".diskmap",
            65_536,
            4,
            -1,
            Duration.ZERO,
            true,
            true,
            false,
            inDirectory,
            List.of(),
            false);
    Server server = new Server();
    return new StagedSaves(context, options, server, server);
  }

  private VersionTag save(StagedSaves saves, String content) throws StorageException {
    WriteRequest request =
        new WriteRequest(
            RemotePaths.randomId(),
            OptionalLong.empty(),
            WriteCondition.none(),
            Durability.CONTENT,
            Optional.empty(),
            Map.of(),
            Set.of(),
            Optional.empty(),
            CALL);
    Chunk chunk = Chunk.wrap(StandardCharsets.UTF_8.encode(content));
    return saves
        .put(path, chunk, new CommitRequest(content.length(), List.of(), CALL), request)
        .versionTag();
  }

  private static void requireRefused(StagedSaves saves, StoragePath path, VersionTag version) {
    assertThatThrownBy(() -> saves.delete(path, new DeleteRequest(Optional.of(version), CALL)))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.PRECONDITION_FAILED));
  }

  private List<String> names() throws Exception {
    try (Stream<Path> found = Files.walk(root.resolve("d"))) {
      return found.map(each -> root.relativize(each).toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_version_that_is_named_goes_with_its_directory(boolean inDirectory) throws Exception {
    StagedSaves saves = process(inDirectory);
    VersionTag seen = save(saves, "content");
    assertThat(saves.delete(path, new DeleteRequest(Optional.of(seen), CALL))).isTrue();
    assertThat(root.resolve("d")).doesNotExist();
    assertThat(saves.delete(path, new DeleteRequest(Optional.of(seen), CALL))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_newer_file_is_put_back(boolean inDirectory) throws Exception {
    StagedSaves saves = process(inDirectory);
    VersionTag seen = save(saves, "content");
    before.set(() -> save(process(inDirectory), "a newer one"));
    requireRefused(saves, path, seen);
    assertThat(names()).containsExactly("d", "d/f");
    assertThat(root.resolve("d/f")).hasContent("a newer one");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_newer_file_is_not_put_back_over_a_still_newer_one(boolean inDirectory) throws Exception {
    StagedSaves saves = process(inDirectory);
    VersionTag seen = save(saves, "content");
    before.set(() -> save(process(inDirectory), "a newer one"));
    after.set(() -> save(process(inDirectory), "the newest one"));
    requireRefused(saves, path, seen);
    assertThat(names()).containsExactly("d", "d/f");
    assertThat(root.resolve("d/f")).hasContent("the newest one");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_captured_file_is_no_leftover_of_a_save(boolean inDirectory) throws Exception {
    StagedSaves saves = process(inDirectory);
    VersionTag seen = save(saves, "content");
    before.set(() -> save(process(inDirectory), "a newer one"));
    after.set(
        () -> {
          StagedSaves sweeping = process(inDirectory);
          List<PendingUpload> pending = sweeping.uploads(Duration.ZERO, CALL);
          assertThat(pending).isEmpty();
        });
    requireRefused(saves, path, seen);
    assertThat(root.resolve("d/f")).hasContent("a newer one");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_file_that_goes_before_it_is_captured_was_not_there(boolean inDirectory) throws Exception {
    StagedSaves saves = process(inDirectory);
    VersionTag seen = save(saves, "content");
    before.set(() -> Files.delete(root.resolve("d/f")));
    assertThat(saves.delete(path, new DeleteRequest(Optional.of(seen), CALL))).isFalse();
    assertThat(names()).doesNotContain("d/f").hasSizeLessThanOrEqualTo(1);
  }
}
