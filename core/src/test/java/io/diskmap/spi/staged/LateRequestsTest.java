package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that carries out requests of a process that was killed while another process commits the
 * same upload (S7, S8, M2).
 */
class LateRequestsTest {
  private static final Call CALL = Call.unbounded(CallContext.none());

  private final StoragePath path = StoragePath.of("d/f");
  private final AtomicReference<Late> atSidecar = new AtomicReference<>(() -> {});
  private final AtomicReference<Late> before = new AtomicReference<>(() -> {});
  private final AtomicReference<Late> after = new AtomicReference<>(() -> {});

  @TempDir Path root;
  private StagedProcesses processes;

  /** What the server does late, once. */
  private interface Late {
    void run() throws IOException;
  }

  LateRequestsTest() throws StorageException {}

  @BeforeEach
  void start() {
    processes = new StagedProcesses(root, true, false);
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  /** A server that does something at its next sidecar or around its next rename over a file. */
  private final class LateStore extends DirectoryStore {
    LateStore(boolean tellsIds) {
      super(root, tellsIds);
    }

    @Override
    public RemoteFile create(String path, Call call) throws StorageException {
      RemoteFile made = super.create(path, call);
      if (path.startsWith(".diskmap/attrs/")) {
        run(atSidecar);
      }
      return made;
    }

    @Override
    public void replace(String from, String to, Call call) throws StorageException {
      run(before);
      super.replace(from, to, call);
      run(after);
    }

    @Override
    public void linkNew(String from, String to, Call call) throws StorageException {
      run(before);
      super.linkNew(from, to, call);
      run(after);
    }

    private void run(AtomicReference<Late> late) {
      try {
        late.getAndSet(() -> {}).run();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private StagedSaves saves(boolean tellsIds) {
    return processes.process(new LateStore(tellsIds));
  }

  private static WriteRequest request(WriteCondition condition) {
    return new WriteRequest(
        "0123456789abcdef0123456789abcdef",
        OptionalLong.empty(),
        condition,
        Durability.CONTENT,
        Optional.of("text/plain"),
        Map.of("seed", "17"),
        Set.of(),
        Optional.empty(),
        CALL);
  }

  /** Stages one chunk in a process that is gone, and commits in another one. */
  private FileMetadata commit(StagedSaves saves, WriteCondition condition) throws Exception {
    StorageWriter killed = saves.openWrite(path, request(condition));
    killed.write(0, Chunk.wrap(StandardCharsets.UTF_8.encode("hello")), CALL);
    killed.detach(CALL);
    StorageWriter writer = saves.resumeWrite(killed.id(), CALL);
    return writer.commit(new CommitRequest(5, List.of(), CALL));
  }

  private void requireKept(StagedSaves saves, boolean tellsIds, FileMetadata saved)
      throws StorageException {
    RemoteStat stat = new DirectoryStore(root, tellsIds).look(path.value(), CALL).orElseThrow();
    FileMetadata now = saves.described(path, stat, CALL);
    assertThat(now.attributes()).isEqualTo(Map.of("seed", "17"));
    assertThat(now.contentType()).contains("text/plain");
    assertThat(now.versionTag().value()).isEqualTo(saved.versionTag().value());
    assertThat(root.resolve("d/f")).hasContent("hello");
  }

  private Path staged() {
    return root.resolve("d/.diskmap-0123456789abcdef0123456789abcdef");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_write_that_is_carried_out_before_the_file_gets_its_name_costs_no_attributes(boolean ids)
      throws Exception {
    StagedSaves saves = saves(ids);
    atSidecar.set(() -> redate(staged()));
    requireKept(saves, ids, commit(saves, WriteCondition.none()));
    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void a_write_that_is_carried_out_after_the_last_look_costs_no_attributes() throws Exception {
    StagedSaves saves = saves(true);
    before.set(() -> redate(staged()));
    after.set(() -> redate(root.resolve("d/f")));
    requireKept(saves, true, commit(saves, WriteCondition.none()));
    assertThat(sidecars()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_rename_that_is_carried_out_late_is_the_commit(boolean ids) throws Exception {
    StagedSaves saves = saves(ids);
    before.set(() -> Files.move(staged(), root.resolve("d/f"), StandardCopyOption.ATOMIC_MOVE));
    requireKept(saves, ids, commit(saves, WriteCondition.none()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_link_that_is_carried_out_late_is_the_commit(boolean ids) throws Exception {
    StagedSaves saves = saves(ids);
    before.set(() -> Files.createLink(root.resolve("d/f"), staged()));
    requireKept(saves, ids, commit(saves, WriteCondition.ifAbsent()));
    assertThat(staged()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_link_and_the_end_of_the_hidden_name_that_come_late_are_the_commit(boolean ids)
      throws Exception {
    StagedSaves saves = saves(ids);
    before.set(() -> Files.move(staged(), root.resolve("d/f")));
    requireKept(saves, ids, commit(saves, WriteCondition.ifAbsent()));
  }

  private List<Path> sidecars() throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve(".diskmap/attrs"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static void redate(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.setLastModifiedTime(file, FileTime.from(time.toInstant().plusMillis(3)));
  }
}
