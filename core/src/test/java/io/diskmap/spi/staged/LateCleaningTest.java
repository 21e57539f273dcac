package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that makes a file only after the save has failed and has removed what was there by then
 * (S2, E4).
 */
@Timeout(60)
class LateCleaningTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String OTHER = "d/other";
  private static final Call CALL = Call.unbounded(CallContext.none());

  private final StoragePath path = StoragePath.of("d/f");

  /** How the next creation fails whose path begins so. */
  private record Failing(String prefix, ErrorKind kind) {}

  private final AtomicReference<Optional<Failing>> next = new AtomicReference<>(Optional.empty());
  private final AtomicReference<String> overtaken = new AtomicReference<>("");

  @TempDir Path root;
  private StagedProcesses processes;

  LateCleaningTest() throws StorageException {}

  @BeforeEach
  void start() throws IOException {
    processes = new StagedProcesses(root, true, false);
    Files.createDirectories(root.resolve("d"));
    Files.createFile(root.resolve(OTHER));
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  /** A server on which a removal overtakes the creation that was asked for before. */
  private final class Overtaken extends DirectoryStore {
    Overtaken() {
      super(root, true);
    }

    @Override
    public RemoteFile create(String path, Call call) throws StorageException {
      Optional<Failing> failing = next.get().filter(it -> path.startsWith(it.prefix()));
      if (failing.isEmpty()) {
        return super.create(path, call);
      }
      next.set(Optional.empty());
      overtaken.set(path);
      throw StorageException.of(failing.get().kind(), "No answer came.");
    }
  }

  private void failNext(String prefix, ErrorKind kind) {
    next.set(Optional.of(new Failing(prefix, kind)));
  }

  /** Makes what was asked for in vain. */
  private void arrive() throws IOException {
    Files.createFile(root.resolve(overtaken.get()));
  }

  private static WriteRequest request() {
    return new WriteRequest(
        ID,
        OptionalLong.empty(),
        WriteCondition.none(),
        Durability.CONTENT,
        Optional.empty(),
        Map.of(),
        Set.of(),
        Optional.empty(),
        CALL);
  }

  private static Chunk hello() {
    return Chunk.wrap(StandardCharsets.UTF_8.encode("hello"));
  }

  private static CommitRequest commit() {
    return new CommitRequest(5, List.of(), CALL);
  }

  private static ErrorKind kindOf(Callable<?> step) {
    return catchThrowableOfType(StorageException.class, step::call).kind();
  }

  /** The files in the tree, but for the one that keeps the directory. */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(it -> root.relativize(it).toString())
          .filter(it -> !it.equals(OTHER))
          .toList();
    }
  }

  private void requireNothingLeft() throws Exception {
    for (int i = 0; i < 1000 && !files().isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void a_record_that_comes_after_its_save_was_cancelled_is_removed() throws Exception {
    StagedSaves saves = processes.process(new Overtaken());
    failNext(".diskmap/uploads/", ErrorKind.CANCELLED);
    Files.createDirectories(root.resolve(".diskmap/uploads"));
    assertThat(kindOf(() -> saves.openWrite(path, request()))).isEqualTo(ErrorKind.CANCELLED);
    arrive();
    requireNothingLeft();
  }

  @Test
  void a_hidden_file_that_comes_after_its_chunked_save_was_cancelled_is_removed() throws Exception {
    StagedSaves saves = processes.process(new Overtaken());
    failNext("d/.diskmap-", ErrorKind.CANCELLED);
    assertThat(kindOf(() -> saves.openWrite(path, request()))).isEqualTo(ErrorKind.CANCELLED);
    assertThat(files()).containsExactly(".diskmap/uploads/" + ID);
    arrive();
    requireNothingLeft();
  }

  @Test
  void a_hidden_file_that_comes_after_its_small_save_was_cancelled_is_removed() throws Exception {
    StagedSaves saves = processes.process(new Overtaken());
    failNext("d/.diskmap-", ErrorKind.CANCELLED);
    assertThat(kindOf(() -> saves.put(path, hello(), commit(), request())))
        .isEqualTo(ErrorKind.CANCELLED);
    arrive();
    saves.close(CallContext.none(), Duration.ofSeconds(10));
    requireNothingLeft();
  }

  @Test
  void a_save_that_is_made_again_keeps_what_comes_late_of_the_first_attempt() throws Exception {
    StagedSaves saves = processes.process(new Overtaken());
    failNext("d/.diskmap-", ErrorKind.UNAVAILABLE);
    assertThat(kindOf(() -> saves.openWrite(path, request()))).isEqualTo(ErrorKind.UNAVAILABLE);
    arrive();
    try (StorageWriter writer = saves.openWrite(path, request())) {
      writer.write(0, hello(), CALL);
      writer.commit(commit());
    }
    assertThat(root.resolve("d/f")).hasContent("hello");
    failNext("d/.diskmap-", ErrorKind.UNAVAILABLE);
    assertThat(kindOf(() -> saves.put(path, hello(), commit(), request())))
        .isEqualTo(ErrorKind.UNAVAILABLE);
    arrive();
    saves.put(path, hello(), commit(), request());
    assertThat(root.resolve("d/f")).hasContent("hello");
  }

  @Test
  void a_disk_that_is_closed_meanwhile_leaves_what_may_come_to_the_sweep() throws Exception {
    StagedSaves saves = processes.process(new Overtaken());
    failNext("d/.diskmap-", ErrorKind.CANCELLED);
    assertThat(kindOf(() -> saves.openWrite(path, request()))).isEqualTo(ErrorKind.CANCELLED);
    saves.close(CallContext.none(), Duration.ofSeconds(10));
    assertThat(files()).contains(".diskmap/uploads/" + ID);
    arrive();
    StagedSaves sweeper = processes.process(new Overtaken());
    for (PendingUpload pending : sweeper.uploads(Duration.ZERO, CALL)) {
      sweeper.abortWrite(pending.id(), CALL);
    }
    sweeper.close(CallContext.none(), Duration.ofSeconds(10));
    requireNothingLeft();
  }
}
