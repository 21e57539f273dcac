package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.DeleteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep of sidecars on a server that tells no file ids (M2, Z1). */
class SidecarSweepTest {
  private static final Duration ANY_AGE = Duration.ZERO;

  private final StoragePath path = StoragePath.of("d/f");

  @TempDir Path root;
  private StagedProcesses processes;

  SidecarSweepTest() throws StorageException {}

  @BeforeEach
  void start() {
    processes = new StagedProcesses(root, false, false);
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  private StagedSaves process() {
    return processes.process();
  }

  private FileMetadata save(StagedSaves saves, String content) throws StorageException {
    return StagedProcesses.save(saves, path, content, Map.of("content", content));
  }

  private Map<String, String> attributes(StagedSaves saves) throws StorageException {
    RemoteStat stat = processes.server().look(path.value(), StagedProcesses.CALL).orElseThrow();
    return saves.described(path, stat, StagedProcesses.CALL).attributes();
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
    saves.uploads(ANY_AGE, StagedProcesses.CALL);
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void the_sidecar_of_a_file_that_others_replaced_goes() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    Files.writeString(root.resolve("d/f"), "another");
    saves.uploads(ANY_AGE, StagedProcesses.CALL);
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void a_sidecar_younger_than_the_age_stays() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    Files.delete(root.resolve("d/f"));
    saves.uploads(Duration.ofHours(1), StagedProcesses.CALL);
    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void the_sidecar_of_a_file_that_is_there_stays() throws Exception {
    StagedSaves saves = process();
    save(saves, "hello");
    saves.uploads(ANY_AGE, StagedProcesses.CALL);
    assertThat(attributes(saves)).isEqualTo(Map.of("content", "hello"));
  }

  @Test
  void a_sweep_before_and_after_the_rename_of_a_save_costs_no_attributes() throws Exception {
    StagedSaves saves = process();
    save(saves, "old");
    processes.before.set(() -> process().uploads(ANY_AGE, StagedProcesses.CALL));
    processes.after.set(() -> process().uploads(ANY_AGE, StagedProcesses.CALL));
    save(saves, "hello");
    assertThat(attributes(saves)).isEqualTo(Map.of("content", "hello"));
    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void a_sweep_while_a_file_is_captured_costs_no_attributes_when_it_is_put_back() throws Exception {
    StagedSaves saves = process();
    VersionTag seen = save(saves, "hello").versionTag();
    processes.before.set(() -> save(process(), "a newer one"));
    processes.after.set(
        () -> processes.after.set(() -> process().uploads(ANY_AGE, StagedProcesses.CALL)));
    assertThatThrownBy(
            () -> saves.delete(path, new DeleteRequest(Optional.of(seen), StagedProcesses.CALL)))
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
    saves.uploads(ANY_AGE, StagedProcesses.CALL);
    assertThat(sidecars()).containsExactly(sidecar);
    Files.move(sidecar, taken);
    Files.delete(root.resolve("d/f"));
    saves.uploads(ANY_AGE, StagedProcesses.CALL);
    assertThat(sidecars()).isEmpty();
  }
}
