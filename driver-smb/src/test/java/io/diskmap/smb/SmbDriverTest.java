package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsSamba;
import io.diskmap.testkit.server.SambaServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What only this driver has: stored names, files that are open, links, a share for reading. */
@NeedsSamba
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmbDriverTest {
  private SmbDisks disks;

  @BeforeAll
  void start() throws Exception {
    disks = new SmbDisks();
  }

  @AfterAll
  void stop() throws IOException {
    disks.close();
  }

  private static ErrorKind failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StorageException.class, call).kind();
  }

  private static String text(Storage storage, String path) throws IOException {
    try (Download in = storage.download(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> names(Storage storage, String prefix) throws StorageException {
    try (Listing listing = storage.list(prefix)) {
      return listing.stream().map(file -> file.path().value()).toList();
    }
  }

  private Path files(String... names) throws IOException {
    Path directory = disks.server.files().resolve(String.join("/", names));
    return Files.createDirectories(directory);
  }

  @Test
  void what_smb_refuses_in_a_name_is_stored_as_a_character_of_the_private_area() throws Exception {
    Storage storage = disks.open("\"root\":\"mapped\"", "\"create_root\":true");
    storage.save("a:b/c?.", Content.of("x"));
    storage.save("CON", Content.of("x"));
    assertThat(names(storage, "")).containsExactly("CON", "a:b/c?.");
    Path root = files("mapped");
    try (Stream<Path> stored = Files.walk(root)) {
      assertThat(stored.filter(Files::isRegularFile).map(root::relativize))
          .map(Path::toString)
          .contains("a\uF03Ab/c\uF03F\uF02E", "\uF043ON");
    }
  }

  @Test
  void names_that_the_server_makes_up_are_passed_over_and_counted() throws Exception {
    Path directory = files("made-up");
    Files.writeString(directory.resolve("plain"), "x");
    Files.writeString(directory.resolve("what:is?this"), "x");
    Storage storage = disks.open();
    try (Listing listing = storage.list("made-up")) {
      assertThat(listing.stream().map(f -> f.path().value())).containsExactly("made-up/plain");
      assertThat(listing.skipped()).isEqualTo(1);
    }
    assertThat(storage.deletePrefix("made-up").files()).isEqualTo(2);
    assertThat(directory).doesNotExist();
  }

  @Test
  void a_deep_path_of_a_thousand_bytes_works() throws Exception {
    Storage storage = disks.open();
    String path = ("deep" + "d".repeat(96) + "/").repeat(10) + "file";
    storage.save(path, Content.of("deep"));
    assertThat(text(storage, path)).isEqualTo("deep");
    assertThat(storage.deletePrefix(path.substring(0, 100)).files()).isEqualTo(1);
    assertThat(disks.server.files().resolve(path.substring(0, 100))).doesNotExist();
  }

  @Test
  void a_save_over_an_open_file_waits_for_its_reader() throws Exception {
    Storage storage = disks.open("\"connections\":1", "\"replace_wait\":\"30s\"");
    storage.save("waiting", Content.of(new byte[3 << 20]));
    Download in = storage.download("waiting");
    in.readNBytes(1);
    Thread closer = new Thread(() -> closeOnceStaged(in));
    closer.start();
    storage.save("waiting", Content.of("new"));
    closer.join();
    assertThat(text(storage, "waiting")).isEqualTo("new");
  }

  private void closeOnceStaged(Download in) {
    try (in) {
      Eventually.holds(
          "the save has staged its file",
          () -> {
            try (Stream<Path> all = Files.list(disks.server.files())) {
              return all.anyMatch(p -> p.getFileName().toString().startsWith(".diskmap-"));
            }
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_disk_of_one_connection_replaces_no_file_that_it_reads() throws Exception {
    Storage storage = disks.open("\"connections\":1", "\"replace_wait\":\"300ms\"");
    storage.save("held", Content.of(new byte[3 << 20]));
    try (Download in = storage.download("held")) {
      in.readNBytes(1);
      assertThat(failure(() -> storage.save("held", Content.of("new")))).isEqualTo(ErrorKind.BUSY);
      assertThat(in.readAllBytes()).hasSize((3 << 20) - 1);
    }
    storage.save("held", Content.of("new"));
    assertThat(text(storage, "held")).isEqualTo("new");
  }

  @Test
  void where_the_disk_allows_it_a_save_moves_an_open_file_aside() throws Exception {
    Storage storage =
        disks.open(
            "\"connections\":1", "\"replace_wait\":\"0s\"", "\"allow_non_atomic_replace\":true");
    SeededContent old = new SeededContent(1, 3 << 20);
    storage.save("aside", Content.of(old.stream()));
    try (Download in = storage.download("aside")) {
      byte[] first = in.readNBytes(1000);
      storage.save("aside", Content.of("new"));
      assertThat(text(storage, "aside")).isEqualTo("new");
      byte[] rest = in.readAllBytes();
      assertThat(first.length + rest.length).isEqualTo(3 << 20);
    }
    assertThat(names(storage, "")).filteredOn(name -> name.startsWith("aside")).hasSize(1);
  }

  @Test
  void a_delete_of_a_file_that_a_reader_has_open_frees_its_name_and_leaves_the_reader_alone()
      throws Exception {
    Storage storage = disks.open();
    SeededContent old = new SeededContent(2, 3 << 20);
    storage.save("gone/f", Content.of(old.stream()));
    try (Download in = storage.download("gone/f")) {
      byte[] first = in.readNBytes(1000);
      assertThat(storage.delete("gone/f")).isTrue();
      assertThat(storage.exists("gone/f")).isFalse();
      assertThat(names(storage, "gone")).isEmpty();
      storage.save("gone/f", Content.of("new"), SaveOptions.ifAbsent());
      assertThat(first.length + in.readAllBytes().length).isEqualTo(3 << 20);
    }
    assertThat(text(storage, "gone/f")).isEqualTo("new");
    Eventually.holds(
        "nothing is left of the old file",
        () -> {
          try (Stream<Path> all = Files.list(disks.server.files().resolve("gone"))) {
            return all.count() == 1;
          }
        });
  }

  @Test
  void a_file_that_is_marked_read_only_is_deleted() throws Exception {
    Storage storage = disks.open();
    storage.save("marked", Content.of("x"));
    disks.server.files().resolve("marked").toFile().setWritable(false);
    assertThat(storage.delete("marked")).isTrue();
    assertThat(storage.exists("marked")).isFalse();
  }

  @Test
  void a_copy_moves_no_content_through_this_process() throws Exception {
    Storage storage = disks.open();
    SeededContent content = new SeededContent(3, (40 << 20) + 11);
    storage.save("copy/from", Content.of(content.stream()));
    long before = disks.proxy.bytesIn(Direction.TO_CLIENT);
    FileMetadata copied = storage.copy("copy/from", "copy/to", SaveOptions.defaults());
    assertThat(disks.proxy.bytesIn(Direction.TO_CLIENT) - before).isLessThan(1 << 20);
    assertThat(copied.size()).isEqualTo(content.length());
    try (Download in = storage.download("copy/to")) {
      content.assertEquals(in);
    }
  }

  @Test
  void a_delete_of_a_prefix_follows_no_link_and_says_what_it_refused() throws Exception {
    Path outside = files("outside");
    Files.writeString(outside.resolve("kept"), "kept");
    Path tree = files("linked", "real");
    Files.writeString(tree.resolve("file"), "x");
    Files.createSymbolicLink(disks.server.files().resolve("linked/to-outside"), outside);
    Files.createSymbolicLink(disks.server.files().resolve("linked/up"), Path.of(".."));
    Files.createSymbolicLink(disks.server.files().resolve("linked/to-file"), Path.of("real/file"));
    Storage storage = disks.open();
    DeleteReport report = storage.deletePrefix("linked");
    assertThat(outside.resolve("kept")).hasContent("kept");
    assertThat(report.failures())
        .extracting(DeleteReport.Failure::path)
        .containsExactlyInAnyOrder("linked/to-outside", "linked/up");
    assertThat(report.failures())
        .allMatch(failure -> failure.error().kind() == ErrorKind.PERMISSION_DENIED);
    assertThat(report.files()).isEqualTo(2);
    assertThat(tree).doesNotExist();
    assertThat(Files.exists(disks.server.files().resolve("linked/up"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
  }

  @Test
  void a_root_below_the_share_is_left_by_no_delete() throws Exception {
    Path neighbour = files("confined-neighbour");
    Files.writeString(neighbour.resolve("kept"), "kept");
    Path root = files("confined", "root");
    Files.createDirectories(root.resolve("d/deep"));
    Files.writeString(root.resolve("d/deep/file"), "x");
    Files.createSymbolicLink(root.resolve("out"), neighbour);
    Files.createSymbolicLink(root.resolve("d/share"), disks.server.files());
    Files.createSymbolicLink(root.resolve("d/deep/root"), root);
    Storage storage = disks.open("\"root\":\"confined/root\"");
    DeleteReport prefix = storage.deletePrefix("d");
    assertThat(prefix.failures())
        .extracting(DeleteReport.Failure::path)
        .containsExactlyInAnyOrder("d/share", "d/deep/root");
    assertThat(prefix.files()).isEqualTo(1);
    DeleteReport all = storage.deleteAll(DeleteOptions.defaults());
    assertThat(all.failures())
        .extracting(DeleteReport.Failure::path)
        .containsExactlyInAnyOrder("out", "d/share", "d/deep/root");
    assertThat(all.failures())
        .allMatch(failure -> failure.error().kind() == ErrorKind.PERMISSION_DENIED);
    assertThat(neighbour.resolve("kept")).hasContent("kept");
  }

  @Test
  void a_prefix_that_is_a_link_or_lies_behind_one_is_refused() throws Exception {
    Path real = files("beside", "real");
    Files.createDirectory(real.resolve("sub"));
    Files.writeString(real.resolve("sub/kept"), "kept");
    Files.createSymbolicLink(disks.server.files().resolve("beside/link"), Path.of("real"));
    Files.createSymbolicLink(disks.server.files().resolve("far"), Path.of("beside/real"));
    Storage storage = disks.open();
    for (String prefix : List.of("beside/link", "beside/link/sub", "far", "far/sub")) {
      DeleteReport report = storage.deletePrefix(prefix);
      assertThat(report.files()).as(prefix).isZero();
      assertThat(report.failures()).as(prefix).hasSize(1);
      assertThat(real.resolve("sub/kept")).hasContent("kept");
    }
  }

  @Test
  void a_dfs_link_is_named_as_such_and_neither_followed_nor_listed() throws Exception {
    try (SmbDisks dfs = new SmbDisks("msdfs root = yes")) {
      Path root = dfs.server.files();
      Path link = root.resolve("d/elsewhere");
      Files.createDirectory(root.resolve("d"));
      Files.createSymbolicLink(link, Path.of("msdfs:127.0.0.1\\" + SambaServer.READ_ONLY_SHARE));
      Files.writeString(root.resolve("kept"), "kept");
      Storage storage = dfs.open();
      storage.save("d/beside", Content.of("x"));
      for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
          List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
              () -> storage.download("d/elsewhere/kept"),
              () -> storage.save("d/elsewhere/new", Content.of("x")))) {
        StorageException refused = catchThrowableOfType(StorageException.class, call);
        assertThat(refused.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
        assertThat(refused).hasMessageContaining("DFS");
      }
      assertThat(names(storage, "d")).containsExactly("d/beside");
      storage.deletePrefix("d");
      assertThat(root.resolve("kept")).hasContent("kept");
    }
  }

  @Test
  void a_listing_does_not_go_in_circles() throws Exception {
    Path tree = files("circle", "inside");
    Files.writeString(tree.resolve("file"), "x");
    Files.createSymbolicLink(tree.resolve("up"), Path.of("../.."));
    Files.createSymbolicLink(tree.resolve("self"), Path.of("."));
    Storage storage = disks.open();
    assertThat(names(storage, "circle")).containsExactly("circle/inside/file");
  }

  @Test
  void a_small_save_whose_rename_is_done_and_not_answered_is_settled_by_looking() throws Exception {
    Path directory = files("settled");
    Storage storage = disks.open();
    for (String content : List.of("first", "second")) {
      Trip lost = LostReply.to(directory, disks.proxy);
      FileMetadata saved = storage.save("settled/" + content, Content.of(content));
      assertThat(lost.fired()).isTrue();
      disks.proxy.heal();
      assertThat(text(storage, "settled/" + content)).isEqualTo(content);
      assertThat(storage.metadata("settled/" + content).versionTag().value())
          .isEqualTo(saved.versionTag().value());
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("first", "second");
    }
  }

  @Test
  void a_share_for_reading_is_read_and_refuses_what_would_change_it() throws Exception {
    Path directory = files("fixed");
    Files.writeString(directory.resolve("file"), "content");
    String share = "\"share\":\"" + SambaServer.READ_ONLY_SHARE + "\"";
    Storage declared = disks.open(share, "\"read_only\":true");
    assertThat(text(declared, "fixed/file")).isEqualTo("content");
    assertThat(names(declared, "fixed")).containsExactly("fixed/file");
    assertThat(declared.metadata("fixed/file").size()).isEqualTo(7);
    assertThat(declared.capabilities().caseSensitive()).isFalse();
    assertThat(declared.health().healthy()).isTrue();
    assertThat(failure(() -> declared.save("new", Content.of("x")))).isEqualTo(ErrorKind.READ_ONLY);
    Storage undeclared = disks.open(share);
    assertThat(text(undeclared, "fixed/file")).isEqualTo("content");
    assertThat(failure(() -> undeclared.save("new", Content.of("x"))))
        .isIn(ErrorKind.PERMISSION_DENIED, ErrorKind.READ_ONLY);
    assertThat(failure(() -> undeclared.delete("fixed/file")))
        .isIn(ErrorKind.PERMISSION_DENIED, ErrorKind.READ_ONLY);
    assertThat(directory.resolve("file")).hasContent("content");
  }

  @Test
  void the_health_tells_dialect_and_protection() throws Exception {
    assertThat(disks.open().health().details())
        .containsEntry("dialect", "3.1.1")
        .containsEntry("protection", "encrypted AES-128-GCM")
        .containsKey("free_bytes");
    assertThat(disks.open("\"encryption\":\"off\"").health().details())
        .containsEntry("protection", "signed AES-128-GMAC");
    assertThat(disks.open("\"encryption\":\"off\"", "\"signing\":\"off\"").health().details())
        .containsEntry("protection", "plain");
    assertThat(disks.open("\"max_dialect\":\"2.1\"").health().details())
        .containsEntry("dialect", "2.1")
        .containsEntry("protection", "signed HMAC-SHA256");
    assertThat(disks.open("\"max_dialect\":\"3.0.2\"").health().details())
        .containsEntry("dialect", "3.0.2")
        .containsEntry("protection", "encrypted AES-128-CCM");
  }
}
