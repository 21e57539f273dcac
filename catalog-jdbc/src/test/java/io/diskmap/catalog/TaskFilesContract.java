package io.diskmap.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the catalogue promises, on every database. */
abstract class TaskFilesContract {
  private static final Instant SUBMITTED = Instant.parse("2026-03-01T12:30:45.678Z");

  final StepClock clock = new StepClock();
  @TempDir Path temp;
  final StorageManager storages =
      StorageManager.open(
          DiskMap.builder().disk("workspace", "memory", Map.of("chunk_size", "1MiB")).build());
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  final String ann = "ann-" + run;
  final String bob = "bob-" + run;
  private TaskFiles catalogue;

  /** The JDBC URL of a database that is there for this class. */
  abstract String url() throws Exception;

  @BeforeEach
  void open() throws Exception {
    catalogue = opened(Quota.unlimited());
  }

  private TaskFiles opened(Quota quota) throws Exception {
    return TaskFiles.on(storages.workspace())
        .store(url())
        .clock(clock)
        .quota(quota)
        .lease(Duration.ofSeconds(30))
        .open();
  }

  @AfterEach
  void close() {
    catalogue.close();
    storages.close();
  }

  private String id(String name) {
    return name + "-" + run;
  }

  private Path output(Map<String, Integer> sizes) throws IOException {
    Path directory = Files.createTempDirectory(temp, "output");
    for (Map.Entry<String, Integer> file : sizes.entrySet()) {
      byte[] content = new byte[file.getValue()];
      new Random(file.getKey().hashCode()).nextBytes(content);
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, content);
    }
    return directory;
  }

  private TaskRecord collect(String user, String name, Instant time, String task, Path directory)
      throws StorageException {
    return catalogue.collect(directory, user, name, time, task);
  }

  private TaskRecord small(String user, String name, Instant time, String task) throws IOException {
    return collect(user, name, time, task, output(Map.of("out.txt", 3)));
  }

  private List<String> stored() throws IOException {
    try (Listing listing = storages.workspace().list("")) {
      return listing.stream().map(FileMetadata::path).map(Object::toString).toList();
    }
  }

  private static ErrorKind kindOf(Callable<?> call) {
    try {
      call.call();
      return null;
    } catch (StorageException e) {
      return e.kind();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_tasks_output_is_filed_by_user_name_time_and_id() throws Exception {
    Path directory = output(Map.of("a.txt", 10, "deep/er/b.bin", 3_500_000, "deep/empty", 0));
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("a.txt"));
    Files.createDirectory(directory.resolve("nothing"));
    TaskRecord task = collect(ann, "ocr", SUBMITTED, id("t1"), directory);

    String prefix = ann + "/ocr/2026-03-01_12-30-45/" + id("t1");
    assertThat(task.storagePath()).isEqualTo(prefix);
    assertThat(task.files()).isEqualTo(3);
    assertThat(task.bytes()).isEqualTo(3_500_010);
    assertThat(task.submittedAt()).isEqualTo(Instant.parse("2026-03-01T12:30:45Z"));
    assertThat(stored())
        .containsExactly(prefix + "/a.txt", prefix + "/deep/empty", prefix + "/deep/er/b.bin");
    FilePage page = catalogue.forUser(ann).files(id("t1"), 0, 10);
    assertThat(page.files())
        .extracting(TaskFile::path)
        .containsExactly("a.txt", "deep/empty", "deep/er/b.bin");
    assertThat(page.files().get(1).sha256().hex())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(page.files().get(2).storagePath()).isEqualTo(prefix + "/deep/er/b.bin");
    assertThat(page.files().get(2).uploadedAt()).isBeforeOrEqualTo(clock.instant());
    try (Download in =
        catalogue.forUser(ann).open(id("t1"), "deep/er/b.bin", DownloadOptions.defaults())) {
      assertThat(in.readAllBytes())
          .isEqualTo(Files.readAllBytes(directory.resolve("deep/er/b.bin")));
    }
    assertThat(storages.bufferedBytes()).isZero();
  }

  @Test
  void a_repeat_with_the_same_files_is_answered_and_another_one_refused() throws Exception {
    Path directory = output(Map.of("a", 10, "b", 2_000_000));
    TaskRecord first = collect(ann, "ocr", SUBMITTED, id("t"), directory);
    clock.pass(Duration.ofMinutes(1));

    assertThat(collect(ann, "ocr", SUBMITTED, id("t"), directory)).isEqualTo(first);
    Path other = output(Map.of("a", 11));
    assertThat(kindOf(() -> collect(ann, "ocr", SUBMITTED, id("t"), other)))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    assertThat(kindOf(() -> collect(ann, "video", SUBMITTED, id("t"), directory)))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    assertThat(kindOf(() -> collect(bob, "ocr", SUBMITTED, id("t"), directory)))
        .isEqualTo(ErrorKind.ALREADY_EXISTS);
    assertThat(catalogue.forUser(bob).usage()).isEqualTo(Usage.NONE);
    assertThat(catalogue.forUser(ann).usage()).isEqualTo(new Usage(2, 2_000_010));
  }

  @Test
  void a_user_reaches_their_own_files_only_whatever_ids_they_send() throws Exception {
    small(ann, "ocr", SUBMITTED, id("secret"));
    small(bob, "ocr", SUBMITTED, id("mine"));
    UserFiles files = catalogue.forUser(bob);
    List<String> ids =
        List.of(
            id("secret"),
            "../" + ann + "/ocr/2026-03-01_12-30-45/" + id("secret"),
            id("secret") + " ",
            id("SECRET"),
            "' OR '1'='1",
            "%",
            id("mine") + "/../../../" + ann);
    for (String task : ids) {
      assertThat(kindOf(() -> files.task(task))).as(task).isEqualTo(ErrorKind.NOT_FOUND);
      assertThat(kindOf(() -> files.files(task, 0, 10))).isEqualTo(ErrorKind.NOT_FOUND);
      assertThat(kindOf(() -> files.open(task, "out.txt", DownloadOptions.defaults())))
          .isEqualTo(ErrorKind.NOT_FOUND);
      assertThat(kindOf(() -> files.delete(task))).isEqualTo(ErrorKind.NOT_FOUND);
      assertThat(files.tasks(TaskQuery.all().withTaskId(task)).tasks()).isEmpty();
    }
    for (String path :
        List.of("../out.txt", "/etc/passwd", "out.txt/", "OUT.TXT", "out.txt ", "")) {
      assertThat(kindOf(() -> files.open(id("mine"), path, DownloadOptions.defaults())))
          .as(path)
          .isEqualTo(ErrorKind.NOT_FOUND);
    }
    for (String other : List.of(ann + " ", ann.toUpperCase(Locale.ROOT), ann + "/", "../" + ann)) {
      assertThat(catalogue.forUser(other).tasks(TaskQuery.all()).tasks()).as(other).isEmpty();
    }
    assertThat(catalogue.forUser(ann).tasks(TaskQuery.all()).tasks()).hasSize(1);
    assertThat(stored()).hasSize(2);
  }

  @Test
  void hostile_ids_stay_one_segment_each() throws Exception {
    small("../" + run, "a/b", SUBMITTED, "../../" + run);
    List<String> paths = stored();
    assertThat(paths).hasSize(1);
    assertThat(paths.get(0).split("/")).hasSize(5);
    assertThat(catalogue.forUser("../" + run).task("../../" + run).taskName()).isEqualTo("a/b");
    for (String bad : List.of("", "a\u0000b", "x".repeat(300), "line\nfeed")) {
      assertThat(kindOf(() -> small(bad, "n", SUBMITTED, id("x"))))
          .isEqualTo(ErrorKind.PATH_INVALID);
      assertThat(kindOf(() -> small(ann, bad, SUBMITTED, id("x"))))
          .isEqualTo(ErrorKind.PATH_INVALID);
      assertThat(kindOf(() -> small(ann, "n", SUBMITTED, bad))).isEqualTo(ErrorKind.PATH_INVALID);
    }
    assertThat(stored()).hasSize(1);
  }

  @Test
  void tasks_are_found_by_id_name_file_and_time_page_by_page() throws Exception {
    for (int i = 0; i < 25; i++) {
      Instant time = SUBMITTED.plus(Duration.ofHours(i / 2));
      String name = i % 2 == 0 ? "ocr" : "video";
      collect(ann, name, time, id("t%02d".formatted(i)), output(Map.of("d/out" + i % 5, i)));
    }
    small(bob, "ocr", SUBMITTED, id("bobs"));
    UserFiles files = catalogue.forUser(ann);
    List<String> seen = new ArrayList<>();
    TaskQuery query = TaskQuery.all().withLimit(7);
    TaskPage page = files.tasks(query);
    seen.addAll(page.tasks().stream().map(TaskRecord::taskId).toList());
    while (page.next().isPresent()) {
      page = files.tasks(query.withCursor(page.next().get()));
      seen.addAll(page.tasks().stream().map(TaskRecord::taskId).toList());
    }
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    assertThat(seen.get(0)).isEqualTo(id("t24"));
    assertThat(seen.get(24)).isEqualTo(id("t00"));

    assertThat(files.tasks(TaskQuery.all().withTaskName("video")).tasks()).hasSize(12);
    assertThat(files.tasks(TaskQuery.all().withFileName("out3")).tasks()).hasSize(5);
    assertThat(files.tasks(TaskQuery.all().withTaskId(id("t07"))).tasks()).hasSize(1);
    Instant hour = SUBMITTED.plus(Duration.ofHours(3)).truncatedTo(ChronoUnit.SECONDS);
    assertThat(files.tasks(TaskQuery.all().withFrom(hour).withUntil(hour.plusSeconds(1))).tasks())
        .extracting(TaskRecord::taskId)
        .containsExactly(id("t07"), id("t06"));
    assertThat(files.tasks(TaskQuery.all().withFrom(hour).withTaskName("ocr")).tasks()).hasSize(10);
    assertThatThrownBy(() -> TaskQuery.all().withCursor("?"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_files_of_a_task_come_page_by_page() throws Exception {
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 0; i < 250; i++) {
      sizes.put("d%d/f%03d".formatted(i % 3, i), i);
    }
    collect(ann, "many", SUBMITTED, id("many"), output(sizes));
    UserFiles files = catalogue.forUser(ann);
    List<String> seen = new ArrayList<>();
    FilePage page = files.files(id("many"), 0, 100);
    seen.addAll(page.files().stream().map(TaskFile::path).toList());
    while (page.next().isPresent()) {
      page = files.files(id("many"), page.next().getAsInt(), 100);
      seen.addAll(page.files().stream().map(TaskFile::path).toList());
    }
    assertThat(seen).hasSize(250).isSorted();
    assertThat(page.task().files()).isEqualTo(250);
  }

  @Test
  void a_deleted_task_is_gone_with_its_files_and_gives_back_its_quota() throws Exception {
    small(ann, "ocr", SUBMITTED, id("a"));
    small(ann, "ocr", SUBMITTED, id("b"));
    UserFiles files = catalogue.forUser(ann);
    assertThat(files.delete(id("a")).files()).isEqualTo(1);

    assertThat(kindOf(() -> files.task(id("a")))).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(kindOf(() -> files.delete(id("a")))).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(files.usage()).isEqualTo(new Usage(1, 3));
    assertThat(stored()).singleElement().asString().contains(id("b"));
    small(ann, "ocr", SUBMITTED, id("a"));
    assertThat(files.usage()).isEqualTo(new Usage(2, 6));
  }

  @Test
  void a_quota_in_bytes_and_files_holds_also_among_collectors_at_once() throws Exception {
    try (TaskFiles limited = opened(new Quota(1000, 5))) {
      limited.collect(output(Map.of("a", 600)), ann, "n", SUBMITTED, id("1"));
      assertThat(
              kindOf(() -> limited.collect(output(Map.of("a", 401)), ann, "n", SUBMITTED, id("2"))))
          .isEqualTo(ErrorKind.QUOTA_EXCEEDED);
      Path five = output(Map.of("a", 1, "b", 1, "c", 1, "d", 1, "e", 1));
      assertThat(kindOf(() -> limited.collect(five, ann, "n", SUBMITTED, id("2"))))
          .isEqualTo(ErrorKind.QUOTA_EXCEEDED);
      assertThat(stored()).hasSize(1);
      limited.collect(five, bob, "n", SUBMITTED, id("bobs"));

      Path fifty = output(Map.of("a", 50));
      ExecutorService threads = Executors.newFixedThreadPool(6);
      CyclicBarrier start = new CyclicBarrier(6);
      List<Future<ErrorKind>> tries = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String task = id("race" + i);
        tries.add(
            threads.submit(
                () -> {
                  start.await();
                  return kindOf(() -> limited.collect(fifty, ann, "n", SUBMITTED, task));
                }));
      }
      List<ErrorKind> kinds = new ArrayList<>();
      for (Future<ErrorKind> one : tries) {
        kinds.add(one.get());
      }
      threads.shutdown();
      assertThat(kinds.stream().filter(kind -> kind == null)).hasSize(4);
      assertThat(kinds.stream().filter(kind -> kind == ErrorKind.QUOTA_EXCEEDED)).hasSize(2);
      assertThat(limited.forUser(ann).usage()).isEqualTo(new Usage(5, 800));

      limited.setQuota(ann, new Quota(10_000, 100));
      assertThat(limited.forUser(ann).quota()).isEqualTo(new Quota(10_000, 100));
      limited.collect(output(Map.of("a", 5000)), ann, "n", SUBMITTED, id("more"));
      limited.setQuota(ann, null);
      assertThat(limited.forUser(ann).quota()).isEqualTo(new Quota(1000, 5));
    }
  }

  @Test
  void of_collectors_of_one_task_at_once_one_does_it() throws Exception {
    Path directory = output(Map.of("a", 100, "b", 3_000_000));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int round = 0; round < 5; round++) {
      String task = id("round" + round);
      CyclicBarrier start = new CyclicBarrier(4);
      List<Future<ErrorKind>> tries = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tries.add(
            threads.submit(
                () -> {
                  start.await();
                  return kindOf(() -> collect(ann, "n", SUBMITTED, task, directory));
                }));
      }
      Set<ErrorKind> kinds = new HashSet<>();
      for (Future<ErrorKind> one : tries) {
        kinds.add(one.get());
      }
      assertThat(kinds).contains((ErrorKind) null).isSubsetOf(null, ErrorKind.BUSY);
      assertThat(catalogue.forUser(ann).task(task).files()).isEqualTo(2);
    }
    threads.shutdown();
    assertThat(catalogue.forUser(ann).usage()).isEqualTo(new Usage(10, 15_000_500));
    assertThat(stored()).hasSize(10);
  }

  @Test
  void an_incomplete_task_is_shown_to_nobody_and_a_repeat_goes_on() throws Exception {
    Path directory = output(Map.of("a.bin", 5_000_000, "b.bin", 4_000_000, "c", 10, "d", 20));
    BreakingStorage breaking = new BreakingStorage(storages.workspace(), 6);
    try (TaskFiles worker =
        TaskFiles.on(breaking.storage()).store(url()).clock(clock).parallel(1).open()) {
      assertThat(kindOf(() -> worker.collect(directory, ann, "n", SUBMITTED, id("t"))))
          .isEqualTo(ErrorKind.UNAVAILABLE);
    }
    assertThat(breaking.chunks()).isEqualTo(6);
    assertThat(catalogue.forUser(ann).tasks(TaskQuery.all()).tasks()).isEmpty();
    assertThat(kindOf(() -> catalogue.forUser(ann).task(id("t")))).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(stored()).isEmpty();

    BreakingStorage counting = new BreakingStorage(storages.workspace(), Integer.MAX_VALUE);
    try (TaskFiles worker = TaskFiles.on(counting.storage()).store(url()).clock(clock).open()) {
      worker.collect(directory, ann, "n", SUBMITTED, id("t"));
    }
    assertThat(counting.chunks()).as("chunks that were missing").isEqualTo(9 - 6);
    assertThat(catalogue.forUser(ann).task(id("t")).bytes()).isEqualTo(9_000_030);
    try (Download in = catalogue.forUser(ann).open(id("t"), "a.bin", DownloadOptions.defaults())) {
      assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(directory.resolve("a.bin")));
    }
  }

  @Test
  void a_task_whose_output_changed_before_the_repeat_has_the_new_files_only() throws Exception {
    Path directory = output(Map.of("a.bin", 5_000_000, "b", 10, "gone", 10));
    BreakingStorage breaking = new BreakingStorage(storages.workspace(), 2);
    try (TaskFiles worker =
        TaskFiles.on(breaking.storage()).store(url()).clock(clock).parallel(1).open()) {
      assertThat(kindOf(() -> worker.collect(directory, ann, "n", SUBMITTED, id("t")))).isNotNull();
    }
    Files.delete(directory.resolve("gone"));
    Files.writeString(directory.resolve("b"), "changed");
    collect(ann, "n", SUBMITTED, id("t"), directory);

    assertThat(catalogue.forUser(ann).files(id("t"), 0, 10).files())
        .extracting(TaskFile::path)
        .containsExactly("a.bin", "b");
    assertThat(stored()).hasSize(2);
    assertThat(catalogue.forUser(ann).usage()).isEqualTo(new Usage(2, 5_000_007));
  }

  @Test
  void what_nobody_goes_on_with_is_swept_with_its_files_and_quota() throws Exception {
    Path directory = output(Map.of("a.bin", 3_000_000, "b", 10, "c", 10));
    BreakingStorage breaking = new BreakingStorage(storages.workspace(), Integer.MAX_VALUE, 1);
    try (TaskFiles worker =
        TaskFiles.on(breaking.storage()).store(url()).clock(clock).parallel(1).open()) {
      assertThat(kindOf(() -> worker.collect(directory, ann, "n", SUBMITTED, id("t")))).isNotNull();
    }
    small(ann, "n", SUBMITTED, id("complete"));
    assertThat(stored()).hasSize(2);
    assertThat(catalogue.sweep(Duration.ofHours(24))).isZero();
    clock.pass(Duration.ofHours(25));

    assertThat(catalogue.sweep(Duration.ofHours(24))).isEqualTo(1);
    assertThat(stored()).singleElement().asString().contains(id("complete"));
    assertThat(catalogue.forUser(ann).usage()).isEqualTo(new Usage(1, 3));
    collect(ann, "n", SUBMITTED, id("t"), directory);
    assertThat(catalogue.forUser(ann).usage()).isEqualTo(new Usage(4, 3_000_023));
  }

  @Test
  void a_directory_that_is_none_or_holds_impossible_names_is_refused() throws Exception {
    assertThat(kindOf(() -> collect(ann, "n", SUBMITTED, id("t"), temp.resolve("absent"))))
        .isEqualTo(ErrorKind.LOCAL_IO);
    Path link = Files.createSymbolicLink(temp.resolve("link"), output(Map.of("a", 1)));
    assertThat(kindOf(() -> collect(ann, "n", SUBMITTED, id("t"), link)))
        .isEqualTo(ErrorKind.LOCAL_IO);
    Path odd = output(Map.of("a", 1, "back\\slash", 1));
    assertThat(kindOf(() -> collect(ann, "n", SUBMITTED, id("t"), odd)))
        .isEqualTo(ErrorKind.PATH_INVALID);
    assertThat(stored()).isEmpty();
    TaskRecord empty = collect(ann, "n", SUBMITTED, id("t"), Files.createTempDirectory(temp, "e"));
    assertThat(empty.files()).isZero();
  }
}
