package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DeleteReport;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.FullDisk;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Disks whose files lie in a directory that the tests can see: foreign names, links, modes, space.
 */
public interface DirectoryContract extends StorageContract {
  private static List<String> walk(TestDisk disk, String prefix, List<Long> skipped)
      throws StorageException {
    List<String> names = new ArrayList<>();
    try (Listing listing = disk.storage().list(prefix)) {
      for (FileMetadata entry : listing) {
        names.add(entry.path().value());
      }
      skipped.add(listing.skipped());
    }
    return names;
  }

  @Test
  @Clause("L7")
  default void foreign_names_and_special_files_are_left_out_and_counted(TestDisk disk)
      throws Exception {
    Path root = disk.directory();
    disk.save("d/valid", "x");
    Files.writeString(root.resolve("d/by hand"), "a file put there by another program");
    Files.writeString(root.resolve("d/new\nline"), "x");
    Files.writeString(root.resolve("d/back\\slash"), "x");
    Files.writeString(root.resolve("d/\uf022"), "x");
    run("mkfifo", root.resolve("d/pipe").toString());
    run("sh", "-c", "printf x > \"$1/d/$(printf 'bad\\377name')\"", "sh", root.toString());
    List<Long> skipped = new ArrayList<>();
    assertThat(walk(disk, "", skipped)).containsExactly("d/by hand", "d/valid");
    assertThat(skipped.get(0)).isEqualTo(5);
    try (Listing listing = disk.storage().scoped("d").list("")) {
      assertThat(listing.stream().count()).isEqualTo(2);
      assertThat(listing.skippedNames())
          .hasSize(5)
          .contains("new\\u000aline", "back\\slash", "\\uf022", "pipe")
          .anyMatch(name -> name.startsWith("bad"));
    }
    assertThat(disk.text("d/by hand")).startsWith("a file put there");
    assertThat(disk.storage().usage("").files()).isEqualTo(2);
    assertThat(disk.storage().exists("d/pipe")).isFalse();
    assertThat(Failures.kindOf(() -> disk.storage().download("d/pipe")))
        .isEqualTo(ErrorKind.NOT_FOUND);
    disk.storage().deletePrefix("d");
  }

  private static void run(String tool, String... arguments) throws Exception {
    Tool.ofPackage(tool, "coreutils").run(Duration.ofSeconds(20), arguments).orFail();
  }

  @Test
  @Clause("D2")
  default void a_delete_of_a_prefix_takes_foreign_names_with_it(TestDisk disk) throws Exception {
    Path root = disk.directory();
    disk.save("d/valid", "x");
    disk.save("d2/stays", "x");
    Files.writeString(root.resolve("d/new\nline"), "x");
    Files.createDirectories(root.resolve("d/empty/er"));
    Files.createDirectories(root.resolve("d/back\\slash"));
    Files.writeString(root.resolve("d/back\\slash/f"), "x");
    run("mkfifo", root.resolve("d/pipe").toString());
    run("sh", "-c", "printf x > \"$1/d/$(printf 'bad\\377name')\"", "sh", root.toString());
    DeleteReport report = disk.storage().deletePrefix("d");
    assertThat(report.failures()).isEmpty();
    assertThat(report.files()).isGreaterThanOrEqualTo(4);
    assertThat(root.resolve("d")).doesNotExist();
    assertThat(disk.names("")).containsExactly("d2/stays");
  }

  @Test
  @Clause("D7")
  default void a_delete_never_follows_a_link(TestDisk disk) throws Exception {
    Path outside = Files.createDirectory(disk.temp().resolve("outside"));
    Files.writeString(outside.resolve("precious"), "x");
    Path root = disk.directory();
    disk.save("d/f", "x");
    disk.save("other/f", "x");
    Files.createSymbolicLink(root.resolve("d/out"), outside);
    Files.createSymbolicLink(root.resolve("d/file"), outside.resolve("precious"));
    Files.createSymbolicLink(root.resolve("d/in"), root.resolve("other"));
    Files.createSymbolicLink(root.resolve("d/dangling"), root.resolve("nowhere"));
    Files.createSymbolicLink(root.resolve("d/loop"), root.resolve("d"));
    assertThat(disk.storage().deletePrefix("d").isComplete()).isTrue();
    assertThat(outside.resolve("precious")).exists();
    assertThat(disk.names("")).containsExactly("other/f");
    assertThat(root.resolve("d")).doesNotExist();
    Files.createSymbolicLink(root.resolve("whole"), outside);
    disk.storage().deletePrefix("whole");
    disk.storage().deleteAll(io.diskmap.DeleteOptions.defaults());
    assertThat(outside.resolve("precious")).hasContent("x");
  }

  @Test
  @Clause("L7")
  default void a_link_that_stays_inside_the_root_counts_as_a_file(TestDisk disk) throws Exception {
    disk.save("d/target", "content");
    Files.createSymbolicLink(disk.directory().resolve("d/link"), Path.of("target"));
    assertThat(disk.names("")).containsExactly("d/link", "d/target");
    assertThat(disk.text("d/link")).isEqualTo("content");
    assertThat(disk.storage().metadata("d/link").size()).isEqualTo(7);
    disk.save("d/link", "a file of its own");
    assertThat(disk.text("d/target")).isEqualTo("content");
    assertThat(disk.text("d/link")).isEqualTo("a file of its own");
    assertThat(disk.storage().delete("d/link")).isTrue();
    assertThat(disk.text("d/target")).isEqualTo("content");
  }

  @Test
  @Clause("P4")
  default void a_link_that_leaves_the_root_leads_nowhere(TestDisk disk) throws Exception {
    Path outside = Files.createDirectory(disk.temp().resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Path root = disk.directory();
    disk.save("d/f", "x");
    disk.save("f", "x");
    Files.createSymbolicLink(root.resolve("dir"), outside);
    Files.createSymbolicLink(root.resolve("d/file"), outside.resolve("secret"));
    Files.createSymbolicLink(root.resolve("d/up"), Path.of("../../.."));
    Storage storage = disk.storage();
    List<Long> skipped = new ArrayList<>();
    assertThat(walk(disk, "", skipped)).containsExactly("d/f", "f");
    assertThat(skipped.get(0)).isEqualTo(3);
    for (String path : List.of("dir/secret", "d/file", "d/up/etc/passwd", "dir")) {
      Failures.of(() -> storage.download(path));
      Failures.of(() -> storage.metadata(path));
      Failures.of(() -> storage.openChannel(path));
      Failures.of(() -> storage.copy(path, "copied", SaveOptions.defaults()));
    }
    for (String path : List.of("dir/secret", "dir/new", "dir/new/er", "d/up/diskmap-escaped")) {
      Failures.of(() -> storage.save(path, Content.of("broken out")));
      Failures.of(() -> storage.copy("f", path, SaveOptions.defaults()));
      Failures.of(() -> storage.move("f", path, SaveOptions.defaults()));
      Failures.of(() -> storage.beginUpload(path, SaveOptions.defaults()).commit(0));
      deleteQuietly(storage, path);
    }
    assertThat(outside.resolve("secret")).hasContent("secret");
    try (var there = Files.list(outside)) {
      assertThat(there).hasSize(1);
    }
    assertThat(disk.text("f")).isEqualTo("x");
  }

  private static void deleteQuietly(Storage storage, String path) {
    try {
      storage.delete(path);
      storage.deletePrefix(path);
    } catch (StorageException e) {
      assertThat(e.kind()).isNotEqualTo(ErrorKind.UNKNOWN);
    }
  }

  @Test
  @Clause("M3")
  default void files_and_directories_are_not_readable_by_the_world(TestDisk disk) throws Exception {
    disk.save("new/dir/f", "x");
    disk.save("new/dir/large", Data.of(1, disk.chunkSize() + 1));
    for (String file : List.of("new/dir/f", "new/dir/large")) {
      assertThat(mode(disk, file)).doesNotContain("r--r--r").startsWith("rw-").endsWith("---");
    }
    assertThat(mode(disk, "new/dir")).startsWith("rwx").endsWith("---");
    assertThat(mode(disk, "new")).startsWith("rwx").endsWith("---");
  }

  private static String mode(TestDisk disk, String path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(disk.directory().resolve(path)));
  }

  @Test
  @Clause("M3")
  default void a_replace_keeps_the_mode_of_the_old_file(TestDisk disk) throws Exception {
    disk.save("f", "one");
    for (String mode : List.of("rw-------", "rw-rw----", "rw-r-----")) {
      Files.setPosixFilePermissions(
          disk.directory().resolve("f"), PosixFilePermissions.fromString(mode));
      disk.save("f", "two");
      assertThat(mode(disk, "f")).isEqualTo(mode);
      disk.save("f", Data.of(1, disk.chunkSize() + 1));
      assertThat(mode(disk, "f")).isEqualTo(mode);
    }
  }

  @Test
  @Clause("M2")
  default void attributes_of_a_file_replaced_by_hand_are_not_believed(TestDisk disk)
      throws Exception {
    SaveOptions options =
        SaveOptions.contentType("text/x-odd").withAttributes(Map.of("k", "v")).withSha256();
    disk.storage().save("f", Content.of("content"), options);
    assertThat(disk.storage().metadata("f").attributes()).containsEntry("k", "v");
    Path other = disk.temp().resolve("other");
    Files.writeString(other, "replaced");
    Files.copy(other, disk.directory().resolve("f"), StandardCopyOption.REPLACE_EXISTING);
    FileMetadata metadata = disk.storage().metadata("f");
    assertThat(metadata.size()).isEqualTo(8);
    assertThat(metadata.checksums()).isEmpty();
    assertThat(disk.text("f")).isEqualTo("replaced");
    disk.storage().downloadTo("f", disk.temp().resolve("down"));
  }

  @Test
  @Clause({"S2", "Z1"})
  default void a_full_disk_keeps_the_old_content_and_nothing_staged(TestDisk disk)
      throws Exception {
    try (FullDisk small = FullDisk.ext4(24)) {
      Path root = Files.createDirectory(small.path().resolve("root"));
      try (DiskPlace place = disk.harness().newPlaceIn(root);
          StorageManager manager = open(place)) {
        Storage storage = manager.disk(TestDisk.NAME);
        storage.save("d/old", Content.of("old content"));
        long free = free(small);
        byte[] large = Data.of(1, 40 * 1024 * 1024);
        for (String path : List.of("d/old", "d/new", "e/f/new")) {
          assertThat(Failures.kindOf(() -> storage.save(path, Content.of(large))))
              .isEqualTo(ErrorKind.NO_SPACE);
          assertThat(Failures.kindOf(() -> storage.save(path, Sources.unknownLength(large))))
              .isEqualTo(ErrorKind.NO_SPACE);
        }
        assertThat(TestDisk.names(storage, "", ListOptions.defaults())).containsExactly("d/old");
        assertThat(place.staged(storage)).isEmpty();
        awaitFree(small, free);
        small.fill();
        assertThat(Failures.kindOf(() -> storage.save("d/old", Content.of(Data.of(2, 60_000)))))
            .isEqualTo(ErrorKind.NO_SPACE);
        assertThat(new String(TestDisk.bytes(storage, "d/old"))).isEqualTo("old content");
        small.freeUp();
        awaitFree(small, free);
        storage.save("d/old", Content.of("new content"));
        assertThat(new String(TestDisk.bytes(storage, "d/old"))).isEqualTo("new content");
        assertThat(place.staged(storage)).isEmpty();
      }
    }
  }

  private static long free(FullDisk disk) throws IOException {
    return Files.getFileStore(disk.path()).getUnallocatedSpace();
  }

  /**
   * A server may still hold what is removed, and a file system frees blocks a little later. Records
   * and directories of a few blocks may stay.
   */
  private static void awaitFree(FullDisk disk, long wanted) throws InterruptedException {
    Eventually.holds(
        "the blocks of what was removed are free again", () -> free(disk) >= wanted - 256 * 1024);
  }

  private static StorageManager open(DiskPlace place) {
    return StorageManager.open(
        DiskMap.parse("{\"disks\":{\"" + TestDisk.NAME + "\":" + place.json() + "}}"));
  }
}
