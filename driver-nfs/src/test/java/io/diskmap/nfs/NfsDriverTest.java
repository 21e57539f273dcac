package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsGanesha;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What only this driver has: options, sessions with few slots, links and foreign names. */
@NeedsGanesha
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NfsDriverTest {
  private NfsDisks disks;

  @BeforeAll
  void start() throws Exception {
    disks = new NfsDisks();
    Path files = disks.server.files();
    Path inside = Files.createDirectories(files.resolve("foreign/inside"));
    Files.writeString(inside.resolve("file"), "content");
    Files.createSymbolicLink(files.resolve("foreign/good"), Path.of("inside/file"));
    Files.createSymbolicLink(files.resolve("foreign/chain"), Path.of("good"));
    Files.createSymbolicLink(files.resolve("foreign/out"), Path.of("../../../etc/passwd"));
    Files.createSymbolicLink(files.resolve("foreign/absolute"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(files.resolve("foreign/loop"), Path.of("loop"));
    Files.createSymbolicLink(files.resolve("foreign/dir"), Path.of("inside"));
    Files.createDirectory(files.resolve("outside"));
    Files.writeString(files.resolve("outside/kept"), "kept");
    Files.createDirectories(files.resolve("linked"));
    Files.createSymbolicLink(files.resolve("linked/to-outside"), Path.of("../outside"));
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
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private static List<String> names(Storage storage, String prefix) throws StorageException {
    try (Listing listing = storage.list(prefix)) {
      return listing.stream().map(file -> file.path().value()).toList();
    }
  }

  @Test
  void links_that_stay_inside_the_root_count_as_their_files_and_others_do_not() throws Exception {
    Storage storage = disks.open();
    assertThat(text(storage, "foreign/good")).isEqualTo("content");
    assertThat(text(storage, "foreign/chain")).isEqualTo("content");
    assertThat(storage.metadata("foreign/chain").size()).isEqualTo(7);
    for (String path : List.of("out", "absolute", "loop", "dir", "dir/file")) {
      assertThat(storage.exists("foreign/" + path)).as(path).isFalse();
      assertThat(failure(() -> text(storage, "foreign/" + path)))
          .as(path)
          .isIn(ErrorKind.NOT_FOUND, ErrorKind.PERMISSION_DENIED);
    }
    assertThat(failure(() -> storage.save("foreign/dir/new", Content.of("x"))))
        .isEqualTo(ErrorKind.PATH_CONFLICT);
    try (Listing listing = storage.list("foreign")) {
      assertThat(listing.stream().map(f -> f.path().value()))
          .containsExactly("foreign/chain", "foreign/good", "foreign/inside/file");
      assertThat(listing.skipped()).isEqualTo(4);
    }
  }

  @Test
  void a_delete_of_a_prefix_follows_no_link() throws Exception {
    Storage storage = disks.open();
    assertThat(storage.deletePrefix("linked").files()).isEqualTo(1);
    assertThat(text(storage, "outside/kept")).isEqualTo("kept");
  }

  @Test
  void a_root_below_the_export_confines_the_disk() throws Exception {
    Storage confined = disks.open("\"root\":\"foreign/inside\"");
    assertThat(names(confined, "")).containsExactly("file");
    assertThat(confined.info().endpoint()).endsWith("/export/foreign/inside");
  }

  @Test
  void minor_versions_and_the_health_are_told() throws Exception {
    for (String minor : List.of("1", "2")) {
      Health health = disks.open("\"minor_version\":\"" + minor + '"').health();
      assertThat(health.healthy()).isTrue();
      assertThat(health.details())
          .containsEntry("nfs", "4." + minor)
          .containsEntry("lease", NfsDisks.LEASE.toSeconds() + "s")
          .containsEntry("connections", "1");
      assertThat(health.details().get("connect")).matches("[0-9.]+ ms");
      assertThat(health.details().get("round_trip")).matches("[0-9.]+ ms");
      assertThat(health.details().get("session")).matches("[0-9a-f]{32}");
    }
    assertThat(disks.open().health().details()).containsEntry("nfs", "4.2");
  }

  @Test
  void a_path_of_a_hundred_directories_takes_several_compounds() throws Exception {
    Storage storage = disks.open();
    String path = "deep/" + "d/".repeat(100) + "file";
    storage.save(path, Content.of("deep"));
    assertThat(text(storage, path)).isEqualTo("deep");
    assertThat(names(storage, "deep")).containsExactly(path);
    assertThat(storage.delete(path)).isTrue();
    assertThat(storage.exists(path)).isFalse();
    assertThat(Files.exists(disks.server.files().resolve("deep"))).isFalse();
  }

  @Test
  void more_calls_than_slots_and_connections_all_succeed() throws Exception {
    Storage storage = disks.open("\"slots\":4", "\"connections\":3");
    ExecutorService threads = Executors.newFixedThreadPool(24);
    try {
      List<Future<FileMetadata>> saves = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String path = "many/" + i;
        saves.add(threads.submit(() -> storage.save(path, Content.of("content of " + path))));
        if (i % 50 == 25) {
          disks.proxy.resetAll();
        }
      }
      for (Future<FileMetadata> save : saves) {
        save.get();
      }
      Eventually.holds(
          "three connections", () -> storage.health().details().get("connections").equals("3"));
      for (int i = 0; i < 200; i += 13) {
        assertThat(text(storage, "many/" + i)).isEqualTo("content of many/" + i);
      }
      assertThat(storage.deletePrefix("many").files()).isEqualTo(200);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void small_requests_move_a_file_as_well() throws Exception {
    Storage storage =
        disks.open("\"rsize\":\"8KiB\"", "\"wsize\":\"8KiB\"", "\"in_flight\":5", "\"slots\":7");
    SeededContent content = new SeededContent(8, 3_000_001);
    storage.save("small-requests", Content.of(content.stream()));
    try (Download in = storage.download("small-requests")) {
      assertThat(in.readAllBytes()).isEqualTo(content.stream().readAllBytes());
    }
    storage.delete("small-requests");
  }

  @Test
  void several_instances_on_one_export_lose_nothing() throws Exception {
    List<Storage> instances = List.of(disks.open(), disks.open(), disks.open());
    ExecutorService threads = Executors.newFixedThreadPool(9);
    try {
      List<Future<Integer>> work = new ArrayList<>();
      for (int thread = 0; thread < 9; thread++) {
        int number = thread;
        Storage storage = instances.get(thread % 3);
        work.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    storage.save("shared/own/" + number + '-' + i, Content.of("x" + number));
                    storage.save("shared/common/" + i, Content.of("by " + number));
                  }
                  return number;
                }));
      }
      for (Future<Integer> each : work) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    for (Storage storage : instances) {
      assertThat(names(storage, "shared")).hasSize(9 * 20 + 20);
      assertThat(text(storage, "shared/common/7")).matches("by [0-8]");
    }
    assertThat(instances.get(0).deletePrefix("shared").isComplete()).isTrue();
  }

  @Test
  void a_root_that_was_removed_and_made_again_is_found_again() throws Exception {
    Storage storage = disks.open("\"root\":\"coming-and-going\"", "\"create_root\":true");
    storage.save("f", Content.of("x"));
    Storage whole = disks.open();
    whole.deletePrefix("coming-and-going");
    whole.delete("coming-and-going/f");
    storage.save("f", Content.of("y"));
    assertThat(text(storage, "f")).isEqualTo("y");
    storage.deleteAll(DeleteOptions.defaults());
  }

  @Test
  void a_wrong_export_or_root_is_refused_when_the_disk_opens() {
    assertThat(failure(() -> disks.open("\"export\":\"/nowhere\""))).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(failure(() -> disks.open("\"root\":\"nowhere\""))).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(failure(() -> disks.open("\"root\":\"foreign/inside/file\"")))
        .isEqualTo(ErrorKind.PATH_CONFLICT);
    assertThat(failure(() -> disks.open("\"root\":\"foreign/dir\"")))
        .isEqualTo(ErrorKind.PATH_CONFLICT);
  }

  @Test
  void an_export_of_other_security_is_refused_with_what_it_wants() {
    StorageException refused =
        catchThrowableOfType(
            StorageException.class,
            () -> disks.open("\"export\":\"" + disks.server.securedExport() + '"'));
    assertThat(refused.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(refused.sentence()).contains("krb5p").contains("sec=sys");
  }

  @Test
  void a_copy_is_the_servers_where_it_can_and_goes_through_this_process_where_it_cannot()
      throws Exception {
    for (String minor : List.of("1", "2")) {
      Storage storage = disks.open("\"minor_version\":\"" + minor + '"');
      assertThat(storage.capabilities().serverSideCopy())
          .as("this server has neither CLONE nor COPY")
          .isFalse();
      SeededContent content = new SeededContent(9, 3_000_001);
      storage.save("copied/from", Content.of(content.stream()));
      storage.copy("copied/from", "copied/to", SaveOptions.defaults());
      try (Download in = storage.download("copied/to")) {
        content.assertEquals(in);
      }
      storage.deletePrefix("copied");
    }
  }

  @Test
  void a_server_that_is_not_there_or_no_nfs_server_is_said_so() throws Exception {
    int nobody;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = taken.getLocalPort();
    }
    String json =
        "{\"disks\":{\"d\":{\"driver\":\"nfs\",\"host\":\"127.0.0.1\",\"port\":%d,"
            + "\"export\":\"/e\",\"uid\":0,\"gid\":0,\"retries\":1,\"timeout\":\"2s\"}}}";
    try (StorageManager manager = StorageManager.open(DiskMap.parse(json.formatted(nobody)))) {
      assertThat(failure(() -> manager.disk("d").exists("f"))).isEqualTo(ErrorKind.UNAVAILABLE);
    }
  }

  @Test
  void plain_nfs_beyond_this_machine_must_be_allowed() {
    String json =
        "{\"disks\":{\"d\":{\"driver\":\"nfs\",\"host\":\"nas.invalid\",\"export\":\"/e\","
            + "\"uid\":0,\"gid\":0}}}";
    assertThat(
            failure(
                () -> {
                  try (StorageManager manager = StorageManager.open(DiskMap.parse(json))) {
                    manager.disk("d").exists("f");
                  }
                }))
        .isEqualTo(ErrorKind.UNSUPPORTED);
  }

  @Test
  void small_files_in_a_row_are_closed_with_their_open_and_a_large_one_behind_them_comes_whole()
      throws Exception {
    Storage storage = disks.open();
    byte[] large = new SeededContent(11, 3 << 20).stream().readAllBytes();
    storage.save("row/large", Content.of(large));
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 6; i++) {
        storage.save("row/small", Content.of("content"));
        assertThat(text(storage, "row/small")).isEqualTo("content");
      }
      awaitOpenFiles(storage, 1);
      try (Download small = storage.download("row/small")) {
        assertThat(storage.health().details()).containsEntry("open_files", "1");
        storage.save("row/small", Content.of("other content"));
        assertThat(new String(small.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
            .isEqualTo("content");
      }
      try (Download whole = storage.download("row/large")) {
        awaitOpenFiles(storage, 2);
        storage.save("row/large", Content.of(large));
        assertThat(whole.readAllBytes()).isEqualTo(large);
      }
    }
  }

  /** The table of the saves stays open; the record of one may be for a moment after it. */
  private static void awaitOpenFiles(Storage storage, int count) throws Exception {
    Eventually.holds(
        count + " files are open",
        () -> storage.health().details().get("open_files").equals(Integer.toString(count)));
  }

  /** An open that shares its owner with one that is just being closed would end with that one. */
  @Test
  void a_file_that_was_just_closed_is_read_to_its_end_though_it_is_replaced() throws Exception {
    Storage storage = disks.open();
    byte[] old = new byte[2 << 20];
    for (int round = 0; round < 150; round++) {
      storage.save("reopened", Content.of(old));
      try (Download again = storage.download("reopened")) {
        int start = again.readNBytes(1000).length;
        storage.save("reopened", Content.of("new"));
        assertThat(start + again.readAllBytes().length).as("round %d", round).isEqualTo(2 << 20);
      }
    }
  }
}
