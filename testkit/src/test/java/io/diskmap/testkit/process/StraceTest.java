package io.diskmap.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class StraceTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void a_disk_is_full_after_the_chosen_write() throws Exception {
    Path file = directory.resolve("file");
    assertThat(run(Strace.diskFull(file, 4), "write", file.toString(), "10"))
        .containsExactly(
            "wrote 1000",
            "wrote 1000",
            "wrote 1000",
            "wrote 1000",
            "failed No space left on device");
    assertThat(Files.size(file)).isEqualTo(4000);
  }

  @Test
  void a_write_can_claim_bytes_that_it_did_not_write() throws Exception {
    Path file = directory.resolve("file");
    Strace lie = Strace.claiming(100, Strace.WRITES).at(2).onlyOn(file);
    assertThat(run(lie, "write", file.toString(), "3"))
        .containsExactly("wrote 1000", "wrote 100", "wrote 1000");
    assertThat(Files.size(file)).isEqualTo(2000);
  }

  @Test
  void a_process_is_killed_exactly_at_its_rename() throws Exception {
    try (ChildJvm child = child(Strace.killing(Strace.RENAMES).at(1), "publish", "" + directory)) {
      assertThat(child.exitCode(SOON)).isEqualTo(137);
      assertThat(child.output()).containsExactly("staged");
    }
    assertThat(directory.resolve("staged")).exists();
    assertThat(directory.resolve("published")).doesNotExist();
  }

  @Test
  void a_process_can_be_killed_after_its_rename_and_before_it_knows() throws Exception {
    Strace late = Strace.delayingAfter(Duration.ofMinutes(1), Strace.RENAMES);
    try (ChildJvm child = child(late, "publish", "" + directory)) {
      child.awaitLine("staged", SOON);
      Eventually.holds("renamed", SOON, () -> Files.exists(directory.resolve("published")));
      child.kill9();
      assertThat(child.output()).containsExactly("staged");
    }
  }

  @Test
  void a_failing_rename_is_told_to_the_program() throws Exception {
    Strace broken = Strace.failing("EIO", Strace.RENAMES);
    try (ChildJvm child = child(broken, "publish", "" + directory)) {
      assertThat(child.exitCode(SOON)).isEqualTo(1);
      assertThat(String.join("\n", child.errors())).contains("Input/output error");
    }
  }

  @Test
  void all_files_that_are_made_or_opened_for_writing_are_recorded() throws Exception {
    Path log = directory.resolve("strace.log");
    Path work = Files.createDirectory(directory.resolve("work"));
    try (ChildJvm child =
        ChildJvm.of(ChildScript.class)
            .prefix(Strace.recordingFiles(log))
            .options("-XX:-UsePerfData")
            .directory(work)
            .arguments("touch", ".")
            .start()) {
      child.awaitSuccess(SOON);
    }
    List<FileChange> changes = FileChanges.read(log, work);
    assertThat(changes)
        .filteredOn(change -> change.path().startsWith(work.toString()))
        .extracting(change -> change.path().substring(work.toString().length() + 1))
        .containsExactly("größe \"1\"\n\t.txt", "folder", "folder/moved", "linked", "symbolic");
    assertThat(changes).allMatch(change -> !change.path().endsWith("missing/file"));
    assertThat(changes)
        .filteredOn(change -> !change.path().startsWith(work.toString()))
        .extracting(FileChange::path)
        .allMatch(path -> path.startsWith("/proc/"));
  }

  @Test
  void interrupted_lines_of_several_threads_are_joined() throws IOException {
    Path log = directory.resolve("log");
    Files.writeString(
        log,
        """
        11 openat(AT_FDCWD</home>, "a", O_WRONLY|O_CREAT <unfinished ...>
        12 openat(7</var/x y>, "b", O_RDWR|O_CLOEXEC, 0666) = 5</var/x y/b>
        13 openat(AT_FDCWD</home>, "read", O_RDONLY <unfinished ...>
        11 <... openat resumed>, 0666)     = 4</home/a>
        13 <... openat resumed>)           = 6</home/read>
        14 renameat2(3</r>, "old", 4</s>, "new", RENAME_NOREPLACE) = 0
        15 openat(AT_FDCWD</home>, "gone", O_WRONLY) = -1 ENOENT (No such file or directory)
        16 bind(9<socket:[1]>, {sa_family=AF_UNIX, sun_path="sock"}, 6) = 0
        17 bind(9<socket:[2]>, {sa_family=AF_INET, sin_port=htons(0)}, 16) = 0
        18 rename("from", "to" <unfinished ...>
        19 +++ killed by SIGKILL +++
        """);
    List<FileChange> changes = FileChanges.read(log, Path.of("/work dir"));
    assertThat(changes)
        .extracting(FileChange::path)
        .containsExactly("/var/x y/b", "/home/a", "/s/new", "/work dir/sock", "/work dir/to");
    assertThat(changes)
        .extracting(FileChange::creates)
        .containsExactly(false, true, true, true, true);
  }

  @Test
  void calls_are_counted_from_one() {
    assertThatThrownBy(() -> Strace.killing(Strace.SYNCS).at(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private List<String> run(Strace fault, String... arguments) throws Exception {
    try (ChildJvm child = child(fault, arguments)) {
      child.awaitSuccess(SOON);
      return child.output();
    }
  }

  private static ChildJvm child(Strace fault, String... arguments) throws IOException {
    return ChildJvm.of(ChildScript.class).prefix(fault.prefix()).arguments(arguments).start();
  }
}
