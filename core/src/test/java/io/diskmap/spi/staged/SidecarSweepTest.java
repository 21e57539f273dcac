package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
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
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep of sidecars on a server that tells no file ids (M2, Z1). */
class SidecarSweepTest {
  private static final Call CALL = Call.unbounded(CallContext.none());
  private static final Duration ANY_AGE = Duration.ZERO;

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

  SidecarSweepTest() throws StorageException {}

  @AfterEach
  void stop() {
    threads.shutdown();
  }

  /** A server where something happens around the next rename over a name. */
  private final class Server extends DirectoryStore {
    Server() {
      super(root, false);
    }

    @Override
    public void replace(String from, String to, Call call) throws StorageException {
      run(before);
      super.replace(from, to, call);
      run(after);
    }

    private void run(AtomicReference<Step> step) {
      try {
        step.getAndSet(() -> {}).run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private StagedSaves process() {
    Server server = new Server();
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
            ".diskmap", 65_536, 4, -1, Duration.ZERO, true, true, false, false, List.of(), false);
    return new StagedSaves(context, options, server, server);
  }

  private FileMetadata save(StagedSaves saves, String content) throws StorageException {
    WriteRequest request =
        new WriteRequest(
            RemotePaths.randomId(),
            OptionalLong.empty(),
            WriteCondition.none(),
            Durability.CONTENT,
            Optional.of("text/plain"),
            Map.of("content", content),
            Set.of(),
            Optional.empty(),
            CALL);
    Chunk chunk = Chunk.wrap(StandardCharsets.UTF_8.encode(content));
    return saves.put(path, chunk, new CommitRequest(content.length(), List.of(), CALL), request);
  }

  private Map<String, String> attributes(StagedSaves saves) throws StorageException {
    RemoteStat stat = new Server().look(path.value(), CALL).orElseThrow();
    return saves.described(path, stat, CALL).attributes();
  }

  private List<Path> sidecars() throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve(".diskmap/attrs"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void the_sidecar_of_a_file_that_others_removed_goes() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    Files.delete(root.resolve("d/f"));
    saves.uploads(ANY_AGE, CALL);
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void the_sidecar_of_a_file_that_others_replaced_goes() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    Files.writeString(root.resolve("d/f"), "another");
    saves.uploads(ANY_AGE, CALL);
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void a_sidecar_younger_than_the_age_stays() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    Files.delete(root.resolve("d/f"));
    saves.uploads(Duration.ofHours(1), CALL);
    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void the_sidecar_of_a_file_that_is_there_stays() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    saves.uploads(ANY_AGE, CALL);
    assertThat(attributes(saves)).isEqualTo(Map.of("content", "hello"));
  }

  @Test
  void a_sweep_before_and_after_the_rename_of_a_save_costs_no_attributes() throws Exception {
    StagedSaves saves = process();
    save(saves, "old");
    before.set(() -> process().uploads(ANY_AGE, CALL));
    after.set(() -> process().uploads(ANY_AGE, CALL));
    save(saves, "hello");
    assertThat(attributes(saves)).isEqualTo(Map.of("content", "hello"));
    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void a_sweep_while_a_file_is_captured_costs_no_attributes_when_it_is_put_back() throws Exception {
    StagedSaves saves = process();
    VersionTag seen = save(saves, "hello").versionTag();
    before.set(() -> save(process(), "a newer one"));
    after.set(() -> after.set(() -> process().uploads(ANY_AGE, CALL)));
    assertThatThrownBy(() -> saves.delete(path, new DeleteRequest(Optional.of(seen), CALL)))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.PRECONDITION_FAILED));
    assertThat(attributes(saves)).isEqualTo(Map.of("content", "a newer one"));
  }

  @Test
  void a_removal_that_was_killed_half_way_is_ended() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    Path sidecar = sidecars().get(0);
    Path taken = sidecar.resolveSibling(sidecar.getFileName() + "-" + RemotePaths.randomId());
    Files.move(sidecar, taken);
    saves.uploads(ANY_AGE, CALL);
    assertThat(sidecars()).containsExactly(sidecar);
    Files.move(sidecar, taken);
    Files.delete(root.resolve("d/f"));
    saves.uploads(ANY_AGE, CALL);
    assertThat(sidecars()).isEmpty();
  }
}
