package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that carries out the change of a cancelled call only after it has answered the look
 * behind it: who is told of a failure finds the old state, and who finds the new one is told of a
 * success (S2, E4).
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(booleans = {false, true})
class SettlingTest {
  private static final Call CALL = StagedProcesses.CALL;

  private final StoragePath path = StoragePath.of("d/f");
  private final AtomicBoolean slow = new AtomicBoolean();
  private final boolean inDirectory;

  @TempDir Path root;
  private StagedProcesses processes;
  private StagedSaves saves;

  SettlingTest(boolean inDirectory) throws StorageException {
    this.inDirectory = inDirectory;
  }

  @BeforeEach
  void start() throws Exception {
    processes = new StagedProcesses(root, true, inDirectory);
    saves = processes.process(new Overtaken());
    Files.createDirectories(root.resolve("d"));
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  /** A server on which a look overtakes the change that was asked for before. */
  private final class Overtaken extends DirectoryStore {
    private final AtomicReference<Change> waiting = new AtomicReference<>(() -> {});

    Overtaken() {
      super(root, true);
    }

    private interface Change {
      void run() throws StorageException;
    }

    private void later(Change change) throws StorageException {
      if (!slow.getAndSet(false)) {
        change.run();
        return;
      }
      waiting.set(change);
      throw StorageException.of(ErrorKind.CANCELLED, "The call ended before the answer came.");
    }

    private void carryOut() throws StorageException {
      waiting.getAndSet(() -> {}).run();
    }

    @Override
    public Optional<RemoteStat> look(String file, Call call) throws StorageException {
      Optional<RemoteStat> seen = super.look(file, call);
      carryOut();
      return seen;
    }

    @Override
    public void list(String directory, Visitor visitor, Call call) throws StorageException {
      super.list(directory, visitor, call);
      carryOut();
    }

    @Override
    public void replace(String from, String to, Call call) throws StorageException {
      later(() -> super.replace(from, to, call));
    }

    @Override
    public void linkNew(String from, String to, Call call) throws StorageException {
      later(() -> super.linkNew(from, to, call));
    }

    @Override
    public boolean remove(String file, Call call) throws StorageException {
      if (!file.equals(path.value())) {
        return super.remove(file, call);
      }
      later(() -> super.remove(file, call));
      return true;
    }
  }

  private static WriteRequest request(WriteCondition condition) {
    return new WriteRequest(
        RemotePaths.randomId(),
        OptionalLong.empty(),
        condition,
        Durability.CONTENT,
        Optional.empty(),
        Map.of(),
        Set.of(),
        Optional.empty(),
        CALL);
  }

  private void requireSaved(WriteCondition condition) throws Exception {
    try (StorageWriter writer = saves.openWrite(path, request(condition))) {
      writer.write(0, Chunk.wrap(StandardCharsets.UTF_8.encode("new")), CALL);
      slow.set(true);
      writer.commit(new CommitRequest(3, List.of(), CALL));
    }
    requireOnly("d/f", "new");
  }

  private VersionTag old() throws StorageException {
    return StagedProcesses.save(saves, path, "old", Map.of()).versionTag();
  }

  private void requireOnly(String file, String content) throws Exception {
    assertThat(slow).isFalse();
    assertThat(files()).containsExactly(file);
    assertThat(root.resolve(file)).hasContent(content);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(each -> root.relativize(each).toString())
          .filter(each -> each.startsWith("d"))
          .toList();
    }
  }

  @Test
  void a_commit_is_carried_out_late() throws Exception {
    old();
    requireSaved(WriteCondition.none());
  }

  @Test
  void a_commit_of_a_new_file_is_carried_out_late() throws Exception {
    requireSaved(WriteCondition.ifAbsent());
  }

  @Test
  void a_move_is_carried_out_late() throws Exception {
    old();
    slow.set(true);
    assertThat(saves.move(path, StoragePath.of("d/g"), request(WriteCondition.none()))).isPresent();
    requireOnly("d/g", "old");
  }

  @Test
  void a_delete_is_carried_out_late() throws Exception {
    old();
    slow.set(true);
    assertThat(saves.delete(path, DeleteRequest.any(CALL))).isTrue();
    assertThat(files()).isEmpty();
  }

  @Test
  void a_delete_of_one_version_is_carried_out_late() throws Exception {
    DeleteRequest request = new DeleteRequest(Optional.of(old()), CALL);
    slow.set(true);
    assertThat(saves.delete(path, request)).isTrue();
    assertThat(files()).isEmpty();
  }
}
