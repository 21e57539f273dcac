package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.DeleteRequest;
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
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Files under the hidden name of a delete on condition, whatever else happens then (D8, Z1). */
@ParameterizedClass
@ValueSource(booleans = {false, true})
class CapturedTest {
  private final StoragePath path = StoragePath.of("d/f");
  private final boolean inDirectory;

  @TempDir Path root;
  private StagedProcesses processes;
  private StagedSaves saves;
  private VersionTag seen;

  CapturedTest(boolean inDirectory) throws StorageException {
    this.inDirectory = inDirectory;
  }

  @BeforeEach
  void start() throws Exception {
    processes = new StagedProcesses(root, true, inDirectory);
    saves = processes.process();
    seen = save(saves, "content");
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  private VersionTag save(StagedSaves by, String content) throws StorageException {
    return StagedProcesses.save(by, path, content, Map.of()).versionTag();
  }

  private boolean delete() throws StorageException {
    return saves.delete(path, new DeleteRequest(Optional.of(seen), StagedProcesses.CALL));
  }

  private void requireRefused(ErrorKind kind) {
    assertThatThrownBy(this::delete)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private void requireOnly(String content) throws Exception {
    assertThat(names()).containsExactly("d", "d/f");
    assertThat(root.resolve("d/f")).hasContent(content);
  }

  private List<String> names() throws Exception {
    try (Stream<Path> found = Files.walk(root)) {
      return found
          .map(each -> root.relativize(each).toString())
          .filter(each -> each.startsWith("d"))
          .sorted()
          .toList();
    }
  }

  private static StorageException broken() {
    return StorageException.of(ErrorKind.UNAVAILABLE, "The connection broke.");
  }

  @Test
  void the_version_that_is_named_goes_with_its_directory() throws Exception {
    assertThat(delete()).isTrue();
    assertThat(names()).isEmpty();
    assertThat(delete()).isFalse();
  }

  @Test
  void a_newer_file_is_put_back() throws Exception {
    processes.before.set(() -> save(processes.process(), "a newer one"));
    requireRefused(ErrorKind.PRECONDITION_FAILED);
    requireOnly("a newer one");
  }

  @Test
  void a_newer_file_is_not_put_back_over_a_still_newer_one() throws Exception {
    processes.before.set(
        () -> {
          save(processes.process(), "a newer one");
          processes.after.set(() -> save(processes.process(), "the newest one"));
        });
    requireRefused(ErrorKind.PRECONDITION_FAILED);
    requireOnly("the newest one");
  }

  @Test
  void a_captured_file_is_no_leftover_of_a_save() throws Exception {
    processes.before.set(
        () -> {
          save(processes.process(), "a newer one");
          processes.after.set(
              () ->
                  assertThat(processes.process().uploads(Duration.ZERO, StagedProcesses.CALL))
                      .isEmpty());
        });
    requireRefused(ErrorKind.PRECONDITION_FAILED);
    requireOnly("a newer one");
  }

  @Test
  void a_file_that_goes_before_it_is_captured_was_not_there() throws Exception {
    processes.before.set(() -> Files.delete(root.resolve("d/f")));
    assertThat(delete()).isFalse();
    assertThat(names()).isSubsetOf("d");
  }

  @Test
  void a_capture_that_did_not_happen_leaves_the_file_and_nothing_else() throws Exception {
    processes.before.set(
        () -> {
          throw broken();
        });
    requireRefused(ErrorKind.UNAVAILABLE);
    requireOnly("content");
  }

  @Test
  void a_capture_with_a_lost_answer_has_happened() throws Exception {
    processes.after.set(
        () -> {
          throw broken();
        });
    assertThat(delete()).isTrue();
    assertThat(names()).isEmpty();
  }
}
