package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.TreeReport;
import io.diskmap.VersionTag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Copies, moves and trees (C1, C2). */
public interface CopyMoveContract {
  @Test
  @Clause("C1")
  default void a_copy_is_a_file_of_its_own(TestDisk disk) throws Exception {
    byte[] content = Data.of(1, 2 * disk.chunkSize() + 7);
    disk.save("a", content);
    FileMetadata copied = disk.storage().copy("a", "d/b", SaveOptions.defaults());
    assertThat(copied.path().value()).isEqualTo("d/b");
    assertThat(copied.size()).isEqualTo(content.length);
    assertThat(disk.bytes("d/b")).isEqualTo(content);
    disk.save("a", "changed");
    assertThat(disk.bytes("d/b")).isEqualTo(content);
    disk.save("d/b", "changed too");
    assertThat(disk.text("a")).isEqualTo("changed");
    disk.storage().delete("a");
    assertThat(disk.text("d/b")).isEqualTo("changed too");
  }

  @Test
  @Clause("C1")
  default void a_copy_takes_attributes_and_type_with_it(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    SaveOptions options =
        SaveOptions.contentType("text/x-odd").withAttributes(Map.of("k", "v")).withSha256();
    storage.save("a", Content.of("content"), options);
    storage.copy("a", "b", SaveOptions.defaults());
    storage.move("a", "c", SaveOptions.defaults());
    for (String path : List.of("b", "c")) {
      FileMetadata metadata = storage.metadata(path);
      assertThat(metadata.contentType()).as(path).contains("text/x-odd");
      assertThat(metadata.attributes()).as(path).containsExactly(Map.entry("k", "v"));
    }
    storage.copy("b", "d", SaveOptions.defaults().withAttributes(Map.of("other", "1")));
    assertThat(storage.metadata("d").attributes()).containsExactly(Map.entry("other", "1"));
    assertThat(disk.names("")).containsExactly("b", "c", "d");
  }

  @Test
  @Clause("C1")
  default void a_missing_source_is_not_found_and_leaves_the_target(TestDisk disk) throws Exception {
    disk.save("target", "old");
    disk.save("dir/file", "x");
    for (String source : List.of("missing", "dir")) {
      assertThat(
              Failures.kindOf(() -> disk.storage().copy(source, "target", SaveOptions.defaults())))
          .isEqualTo(ErrorKind.NOT_FOUND);
      assertThat(
              Failures.kindOf(() -> disk.storage().move(source, "target", SaveOptions.defaults())))
          .isEqualTo(ErrorKind.NOT_FOUND);
    }
    assertThat(disk.text("target")).isEqualTo("old");
  }

  @Test
  @Clause("C2")
  default void a_move_leaves_nothing_behind(TestDisk disk) throws Exception {
    byte[] content = Data.of(2, disk.chunkSize() + 7);
    disk.save("x/y/a", content);
    disk.save("b", "replaced");
    FileMetadata moved = disk.storage().move("x/y/a", "b", SaveOptions.defaults());
    assertThat(moved.path().value()).isEqualTo("b");
    assertThat(disk.bytes("b")).isEqualTo(content);
    assertThat(disk.names("")).containsExactly("b");
    disk.storage().move("b", "p/q/r", SaveOptions.defaults());
    assertThat(disk.names("")).containsExactly("p/q/r");
    assertThat(disk.storage().metadata("p/q/r").versionTag().value())
        .isEqualTo(disk.storage().metadata("p/q/r").versionTag().value());
  }

  @Test
  @Clause("C2")
  default void onto_itself_a_copy_or_move_is_nothing(TestDisk disk) throws Exception {
    disk.save("d/f", "content");
    VersionTag tag = disk.tag("d/f");
    assertThat(disk.storage().copy("d/f", "d/f", SaveOptions.defaults()).size()).isEqualTo(7);
    assertThat(disk.storage().move("d/f", "d/f", SaveOptions.defaults()).size()).isEqualTo(7);
    assertThat(disk.text("d/f")).isEqualTo("content");
    assertThat(disk.tag("d/f")).isEqualTo(tag);
    assertThat(
            Failures.kindOf(
                () -> disk.storage().move("missing", "missing", SaveOptions.defaults())))
        .isEqualTo(ErrorKind.NOT_FOUND);
  }

  @Test
  @Clause({"C2", "S3:if-absent"})
  default void copy_and_move_hold_the_condition_of_a_new_target(TestDisk disk) throws Exception {
    disk.save("a", "source");
    disk.save("b", "target");
    assertThat(Failures.kindOf(() -> disk.storage().copy("a", "b", SaveOptions.ifAbsent())))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    assertThat(Failures.kindOf(() -> disk.storage().move("a", "b", SaveOptions.ifAbsent())))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    assertThat(disk.text("a")).isEqualTo("source");
    assertThat(disk.text("b")).isEqualTo("target");
    disk.storage().copy("a", "c", SaveOptions.ifAbsent());
    disk.storage().move("a", "d", SaveOptions.ifAbsent());
    assertThat(disk.names("")).containsExactly("b", "c", "d");
  }

  @Test
  @Clause("C2:atomic-move")
  default void a_file_on_the_move_is_always_somewhere(TestDisk disk) throws Exception {
    disk.save("a", "content");
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(1)) {
      Future<Integer> watcher =
          race.begin(
              () -> {
                int looks = 0;
                while (!done.get() || looks == 0) {
                  List<String> names = disk.names("");
                  List<String> more = names.isEmpty() ? disk.names("") : names;
                  assertThat(more).as("a listing of a moving file").hasSizeBetween(0, 2);
                  looks++;
                }
                return looks;
              });
      for (int i = 0; i < 60; i++) {
        disk.storage().move("a", "b", SaveOptions.defaults());
        assertThat(disk.names("")).containsExactly("b");
        disk.storage().move("b", "a", SaveOptions.defaults());
        assertThat(disk.names("")).containsExactly("a");
      }
      done.set(true);
      assertThat(watcher.get()).isPositive();
    }
    assertThat(disk.text("a")).isEqualTo("content");
  }

  @Test
  @Clause("C2")
  default void of_racing_movers_of_one_file_exactly_one_finds_it(TestDisk disk) throws Exception {
    try (Race race = new Race(4)) {
      for (int round = 0; round < 15; round++) {
        disk.save("source", "round " + round);
        List<Boolean> won =
            race.round(
                number -> {
                  try {
                    disk.storage().move("source", "t/" + number, SaveOptions.defaults());
                    return true;
                  } catch (StorageException e) {
                    assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND);
                    return false;
                  }
                });
        if (disk.capabilities().atomicMove()) {
          assertThat(won).containsOnlyOnce(true);
          assertThat(disk.names("")).containsExactly("t/" + won.indexOf(true));
        } else {
          assertThat(won).contains(true);
        }
        disk.clear();
      }
    }
  }

  @Test
  @Clause("C1")
  default void a_copy_to_another_disk_takes_everything_with_it(TestDisk disk) throws Exception {
    byte[] content = Data.of(3, disk.chunkSize() + 7);
    disk.storage()
        .save(
            "a",
            Content.of(content),
            SaveOptions.contentType("text/x-odd").withAttributes(Map.of("k", "v")));
    disk.settled("a");
    try (StorageManager other = StorageManager.inMemory("other")) {
      Storage target = other.disk("other");
      disk.storage().copyTo("a", target, "b", SaveOptions.defaults());
      assertThat(TestDisk.bytes(target, "b")).isEqualTo(content);
      assertThat(target.metadata("b").contentType()).contains("text/x-odd");
      assertThat(target.metadata("b").attributes()).containsExactly(Map.entry("k", "v"));
      target.copyTo("b", disk.storage(), "c", disk.newFile());
      assertThat(disk.bytes("c")).isEqualTo(content);
    }
  }

  @Test
  @Clause({"C1", "D7"})
  default void a_tree_goes_up_and_comes_down_whole_and_without_links(TestDisk disk)
      throws Exception {
    Path up = disk.temp().resolve("up");
    Files.createDirectories(up.resolve("a/b"));
    for (int i = 0; i < 30; i++) {
      Files.write(up.resolve(i % 2 == 0 ? "a/f" + i : "a/b/g" + i), Data.of(i, i * 500));
    }
    Files.writeString(disk.temp().resolve("outside"), "secret");
    Files.createSymbolicLink(up.resolve("a/link"), disk.temp().resolve("outside"));
    Files.createSymbolicLink(up.resolve("loop"), up);
    TreeReport saved = disk.storage().saveTree(up, "tree", SaveOptions.defaults());
    assertThat(saved.files()).isEqualTo(30);
    assertThat(saved.skippedLinks()).isEqualTo(2);
    assertThat(disk.names("tree")).hasSize(30);
    Path down = disk.temp().resolve("down");
    TreeReport loaded = disk.storage().downloadTree("tree", down, DownloadOptions.defaults());
    assertThat(loaded.files()).isEqualTo(30);
    assertThat(loaded.bytes()).isEqualTo(saved.bytes());
    for (int i = 0; i < 30; i++) {
      assertThat(Files.readAllBytes(down.resolve(i % 2 == 0 ? "a/f" + i : "a/b/g" + i)))
          .isEqualTo(Data.of(i, i * 500));
    }
  }

  @Test
  @Clause("D7")
  default void a_tree_never_comes_down_through_a_local_link(TestDisk disk) throws Exception {
    disk.save("t/link/inside", "content");
    disk.save("t/plain", "content");
    Path outside = Files.createDirectory(disk.temp().resolve("outside"));
    Path down = Files.createDirectory(disk.temp().resolve("down"));
    Files.createSymbolicLink(down.resolve("link"), outside);
    try {
      disk.storage().downloadTree("t", down, DownloadOptions.defaults());
    } catch (StorageException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.LOCAL_IO);
    }
    assertThat(outside).isEmptyDirectory();
  }
}
