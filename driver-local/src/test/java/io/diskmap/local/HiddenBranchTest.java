package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.record.Packing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HiddenBranchTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final Path HIDDEN = StagedNames.of(ID);

  @TempDir Path temp;

  @Test
  void missing_directories_come_with_the_staged_file_in_them() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("a/other", "x");
      Optional<Staging.Staged> staged = stage(opened, "a/b/c/f");
      try (Dir parent = staged.orElseThrow().parent()) {
        staged.get().file().close();
        assertThat(parent.stat(HIDDEN).isFile()).isTrue();
      }
      assertThat(temp.resolve("a/b/c").resolve(HIDDEN)).isEmptyFile();
      assertThat(temp.resolve("a").resolve(HIDDEN)).doesNotExist();
      Files.delete(temp.resolve("a/b/c").resolve(HIDDEN));
    }
  }

  @Test
  void directories_that_are_all_there_need_no_branch() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("a/b/other", "x");
      assertThat(stage(opened, "a/b/f")).isEmpty();
      assertThat(opened.names()).containsExactly("a/b/other");
    }
  }

  @Test
  void a_branch_that_a_kill_left_gives_way_to_the_next_try() throws Exception {
    leaveBranch();
    try (Opened opened = Opened.at(temp)) {
      Staging.Staged staged = stage(opened, "a/b/c/f").orElseThrow();
      staged.file().close();
      staged.parent().close();
      assertThat(temp.resolve("a").resolve(HIDDEN)).doesNotExist();
      Files.delete(temp.resolve("a/b/c").resolve(HIDDEN));
    }
  }

  @Test
  void a_branch_that_a_kill_left_is_never_listed() throws Exception {
    leaveBranch();
    try (Opened opened = Opened.at(temp)) {
      assertThat(opened.names()).isEmpty();
    }
  }

  @Test
  void the_sweep_removes_a_branch_that_a_killed_save_left() throws Exception {
    leaveBranch();
    writeTable();
    try (Opened opened = Opened.at(temp)) {
      List<PendingUpload> pending = opened.driver.uploads(Duration.ZERO, Opened.call());
      assertThat(pending).extracting(upload -> upload.id().value()).containsExactly(ID);
      opened.driver.abortWrite(new UploadId(ID), Opened.call());
      assertThat(temp.resolve("a")).doesNotExist();
      assertThat(opened.driver.uploads(Duration.ZERO, Opened.call())).isEmpty();
    }
  }

  @Test
  void the_abort_of_an_upload_removes_a_branch_that_a_kill_left() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      StorageWriter writer = opened.driver.openWrite(Opened.path("a/b/c/f"), Opened.request());
      UploadId id = writer.id();
      writer.detach(Opened.call());
      Path staged = temp.resolve("a/b/c").resolve(StagedNames.of(id.value()));
      Path aside = temp.resolve("a").resolve(StagedNames.of(id.value()));
      Files.createDirectories(aside.resolve("c"));
      Files.move(staged, aside.resolve("c").resolve(staged.getFileName()));
      Files.delete(temp.resolve("a/b/c"));
      Files.delete(temp.resolve("a/b"));
      opened.driver.abortWrite(id, Opened.call());
      assertThat(temp.resolve("a")).doesNotExist();
    }
  }

  private Optional<Staging.Staged> stage(Opened opened, String path) throws Exception {
    Disk disk = opened.driver.disk();
    return disk.tree.run(
        root -> new HiddenBranch(disk).stage(root, Place.of(Opened.path(path)), HIDDEN, true));
  }

  /** What a kill leaves in the middle of a save of a/b/c/f, where a is there. */
  private void leaveBranch() throws Exception {
    Path inner = Files.createDirectories(temp.resolve("a").resolve(HIDDEN).resolve("c"));
    Files.createFile(inner.resolve(HIDDEN));
  }

  /** The record of that save, as its process has left it. */
  private void writeTable() throws Exception {
    byte[] slot =
        Packing.pack(
            out -> {
              out.writeByte(SaveTable.Kind.STAGED.ordinal());
              out.writeUTF(ID);
              out.writeUTF("a/b/c/f");
            });
    Path saves = Files.createDirectories(temp.resolve(".diskmap/saves"));
    Files.write(saves.resolve("00000000-1-1-00000000-0000-0000-0000-000000000000"), slot);
  }
}
