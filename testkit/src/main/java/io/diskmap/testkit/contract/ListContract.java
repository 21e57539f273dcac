package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.ListPage;
import io.diskmap.Listing;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Listing: lazy, sorted by UTF-8 bytes, whole while others change the disk (L1 to L6). */
public interface ListContract {
  /** Names whose order depends on how they are compared, in the order of their UTF-8 bytes. */
  List<String> IN_ORDER =
      List.of(
          "X",
          "Y/a",
          "a-b",
          "a.b",
          "a/b",
          "a/b-c",
          "a/b.d/x",
          "a/b0",
          "a0",
          "b",
          "b!/x",
          "ba",
          "z",
          "\u00e4",
          "\u4e2d",
          "\uff21",
          "\uffee/x",
          "\ufffd",
          "\ud800\udc00",
          "\ud83d\ude00",
          "\ud83d\ude00a",
          "\udbff\udffd");

  /** Saves a small file at each path, several at once, in an order that says nothing. */
  static void saveAll(TestDisk disk, Iterable<String> paths) throws Exception {
    List<String> shuffled = new ArrayList<>();
    paths.forEach(shuffled::add);
    Collections.shuffle(shuffled, new Random(shuffled.size()));
    int threads = 6;
    try (Race race = new Race(threads)) {
      race.round(
          number -> {
            for (int i = number; i < shuffled.size(); i += threads) {
              disk.save(shuffled.get(i), shuffled.get(i));
            }
            return null;
          });
    }
  }

  @Test
  @Clause("L2")
  default void a_listing_is_sorted_by_utf8_bytes_of_the_whole_path(TestDisk disk) throws Exception {
    saveAll(disk, IN_ORDER);
    assertThat(disk.names("")).containsExactlyElementsOf(IN_ORDER);
    assertThat(disk.names("a")).containsExactly("a/b", "a/b-c", "a/b.d/x", "a/b0");
  }

  @Test
  @Clause({"L2", "L1"})
  default void a_listing_of_random_names_equals_the_model(TestDisk disk) throws Exception {
    Random random = new Random(20);
    String[] parts = {"a", "b", "-", ".", "0", " ", "~", "\u00fc", "\uffee", "\ud83d\ude00", "%"};
    TreeSet<String> model = new TreeSet<>(StoragePath::compareUtf8);
    while (model.size() < 300) {
      String path =
          IntStream.rangeClosed(0, random.nextInt(3))
              .mapToObj(
                  i ->
                      IntStream.rangeClosed(0, random.nextInt(4))
                          .mapToObj(j -> parts[random.nextInt(parts.length)])
                          .collect(Collectors.joining()))
              .collect(Collectors.joining("/"));
      if (isFree(path, model)) {
        model.add(path);
      }
    }
    saveAll(disk, model);
    assertThat(disk.names("")).containsExactlyElementsOf(model);
    for (String token : model) {
      if (random.nextInt(10) == 0) {
        ListOptions after = ListOptions.defaults().withStartAfter(StoragePath.of(token));
        assertThat(disk.names("", after)).containsExactlyElementsOf(model.tailSet(token, false));
      }
    }
  }

  private static boolean isFree(String path, TreeSet<String> model) {
    for (String segment : path.split("/")) {
      if (segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    String below = model.higher(path + "/");
    if (below != null && below.startsWith(path + "/")) {
      return false;
    }
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (model.contains(path.substring(0, slash))) {
        return false;
      }
    }
    return true;
  }

  @Test
  @Clause({"L1", "L3"})
  default void a_listing_of_many_files_misses_none(TestDisk disk) throws Exception {
    TreeSet<String> model = new TreeSet<>();
    for (int i = 0; i < 2100; i++) {
      model.add(i < 1050 ? "flat/%05d".formatted(i) : "deep/%02d/%02d".formatted(i % 50, i / 50));
    }
    saveAll(disk, model);
    assertThat(disk.names("")).containsExactlyElementsOf(model);
    assertThat(disk.names("flat")).hasSize(1050);
    Usage usage = disk.storage().usage("flat");
    assertThat(usage).isEqualTo(new Usage(1050, 1050 * 10));
    List<String> paged = new ArrayList<>();
    ListOptions options = ListOptions.defaults().withLimit(333);
    for (Optional<StoragePath> next = Optional.empty(); ; ) {
      ListPage page =
          disk.storage().listPage("", next.map(options::withStartAfter).orElse(options));
      assertThat(page.entries()).hasSizeLessThanOrEqualTo(333);
      page.entries().forEach(entry -> paged.add(entry.path().value()));
      next = page.next();
      if (next.isEmpty()) {
        break;
      }
    }
    assertThat(paged).containsExactlyElementsOf(model);
  }

  @Test
  @Clause("L1")
  default void a_listing_closed_early_costs_nothing_more(TestDisk disk) throws Exception {
    List<String> paths = IntStream.range(0, 300).mapToObj("d/%04d"::formatted).toList();
    saveAll(disk, paths);
    for (int i = 0; i < 30; i++) {
      try (Listing listing = disk.storage().list("")) {
        Iterator<FileMetadata> entries = listing.iterator();
        for (int j = 0; j < i; j++) {
          assertThat(entries.next().path().value()).isEqualTo(paths.get(j));
        }
      }
    }
    try (Listing listing = disk.storage().list("")) {
      listing.close();
      listing.close();
    }
    Listing unwalked = disk.storage().list("");
    unwalked.close();
    assertThat(disk.manager().activeCalls()).isZero();
  }

  @Test
  @Clause("L1")
  default void a_listing_is_walked_once_as_iterator_or_stream(TestDisk disk) throws Exception {
    saveAll(disk, List.of("a", "b", "c"));
    try (Listing listing = disk.storage().list("")) {
      try (var stream = listing.stream()) {
        assertThat(stream.map(f -> f.path().value())).containsExactly("a", "b", "c");
      }
      assertThatThrownBy(listing::iterator).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  @Clause("L3")
  default void start_after_is_exclusive_and_needs_no_such_file(TestDisk disk) throws Exception {
    saveAll(disk, IN_ORDER);
    List<String> tokens = new ArrayList<>(IN_ORDER);
    tokens.addAll(
        List.of(
            "!",
            "a",
            "a-",
            "a.",
            "a/a",
            "a/b.d",
            "a/b/c",
            "a/zzz",
            "aa",
            "b!",
            "zz",
            "\uff20",
            "\uffee",
            "\ud7ff",
            "\ud83d\ude00/x",
            "\udbff\udffe"));
    for (String token : tokens) {
      List<String> after =
          IN_ORDER.stream().filter(n -> StoragePath.compareUtf8(n, token) > 0).toList();
      ListOptions options = ListOptions.defaults().withStartAfter(StoragePath.of(token));
      assertThat(disk.names("", options)).as("after '%s'", token).isEqualTo(after);
      assertThat(disk.names("a", options))
          .as("below 'a' after '%s'", token)
          .isEqualTo(after.stream().filter(n -> n.startsWith("a/")).toList());
    }
  }

  @Test
  @Clause("L3")
  default void pages_of_any_size_give_each_entry_once(TestDisk disk) throws Exception {
    saveAll(disk, IN_ORDER);
    for (int limit : new int[] {1, 2, 3, 7, IN_ORDER.size(), IN_ORDER.size() + 1}) {
      assertThat(pages(disk, "", ListOptions.defaults().withLimit(limit)))
          .as("pages of %d", limit)
          .containsExactlyElementsOf(IN_ORDER);
    }
  }

  private static List<String> pages(TestDisk disk, String prefix, ListOptions options)
      throws StorageException {
    List<String> names = new ArrayList<>();
    ListPage page = disk.storage().listPage(prefix, options);
    for (int i = 0; i < 1000; i++) {
      page.entries().forEach(entry -> names.add(entry.path().value()));
      if (page.next().isEmpty()) {
        return names;
      }
      assertThat(page.entries()).hasSize(options.limit());
      page = disk.storage().listPage(prefix, options.withStartAfter(page.next().get()));
    }
    throw new AssertionError("The pages do not end.");
  }

  @Test
  @Clause({"L3", "L4"})
  default void pages_of_one_level_give_each_entry_once(TestDisk disk) throws Exception {
    saveAll(disk, List.of("a-b", "a.b", "a/b", "a/c", "a0", "d/e/f", "d/e/g", "d/h", "z"));
    for (int limit : new int[] {1, 2, 3, 100}) {
      ListOptions options = ListOptions.defaults().withOneLevel().withLimit(limit);
      assertThat(pages(disk, "", options)).containsExactly("a-b", "a.b", "a", "a0", "d", "z");
      assertThat(pages(disk, "d", options)).containsExactly("d/e", "d/h");
    }
  }

  @Test
  @Clause("L4")
  default void one_level_shows_files_and_directories(TestDisk disk) throws Exception {
    saveAll(disk, List.of("a-b", "a.b", "a/b", "a/c", "a0", "d/e/f", "d/h"));
    List<FileMetadata> entries = new ArrayList<>();
    try (Listing listing = disk.storage().list("", ListOptions.defaults().withOneLevel())) {
      listing.forEach(entries::add);
    }
    assertThat(entries)
        .extracting(e -> e.path().value() + (e.isDirectory() ? "/" : ""))
        .containsExactly("a-b", "a.b", "a/", "a0", "d/");
    assertThat(disk.names("d", ListOptions.defaults().withOneLevel()))
        .containsExactly("d/e", "d/h");
    assertThat(disk.names("d/e", ListOptions.defaults().withOneLevel())).containsExactly("d/e/f");
    assertThat(disk.names("missing", ListOptions.defaults().withOneLevel())).isEmpty();
  }

  @Test
  @Clause("L5")
  default void an_unknown_prefix_is_empty(TestDisk disk) throws Exception {
    saveAll(disk, List.of("a/b/c", "file"));
    for (String prefix : List.of("x", "a/x", "a/b/c", "file", "file/x", "a/b/c/d/e", "A")) {
      assertThat(disk.names(prefix)).as(prefix).isEmpty();
      assertThat(disk.storage().listPage(prefix, ListOptions.defaults()))
          .isEqualTo(new ListPage(List.of(), Optional.empty(), 0));
      assertThat(disk.storage().usage(prefix)).isEqualTo(new Usage(0, 0));
    }
  }

  @Test
  @Clause("L5")
  default void a_prefix_is_whole_segments(TestDisk disk) throws Exception {
    saveAll(disk, List.of("a/b/1", "a/b/c/2", "a/bc/3", "a/b.txt", "a/b-/4", "a/d/5", "ab/b/6"));
    assertThat(disk.names("a/b")).containsExactly("a/b/1", "a/b/c/2");
    assertThat(disk.storage().usage("a/b").files()).isEqualTo(2);
    assertThat(disk.names("a")).hasSize(6);
  }

  @Test
  @Clause("P2:case")
  default void a_prefix_of_another_case_is_another_prefix(TestDisk disk) throws Exception {
    saveAll(disk, List.of("a/b/1", "a/B/2"));
    assertThat(disk.names("a/b")).containsExactly("a/b/1");
    assertThat(disk.names("a/B")).containsExactly("a/B/2");
  }

  @Test
  @Clause("L6")
  default void each_entry_carries_what_the_metadata_says(TestDisk disk) throws Exception {
    for (int i = 0; i < 20; i++) {
      disk.save("d" + i % 3 + "/f" + i, Data.of(i, i * 100));
    }
    try (Listing listing = disk.storage().list("")) {
      for (FileMetadata entry : listing) {
        FileMetadata metadata = disk.storage().metadata(entry.path().value());
        assertThat(entry.size()).isEqualTo(metadata.size());
        assertThat(entry.modified()).isEqualTo(metadata.modified());
        assertThat(entry.versionTag().value()).isEqualTo(metadata.versionTag().value());
        assertThat(entry.isDirectory()).isFalse();
      }
    }
  }

  @Test
  @Clause("L3")
  default void a_file_present_throughout_comes_exactly_once_while_others_change(TestDisk disk)
      throws Exception {
    List<String> stable =
        IntStream.range(0, 400).mapToObj(i -> "d/%04d-stay".formatted(i)).toList();
    List<String> going = IntStream.range(0, 400).mapToObj(i -> "d/%04d-go".formatted(i)).toList();
    List<String> both = new ArrayList<>(stable);
    both.addAll(going);
    saveAll(disk, both);
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(2)) {
      Future<?> deleter = race.begin(() -> churn(disk, going, done));
      Future<?> saver =
          race.begin(
              () -> {
                for (int i = 0; !done.get(); i++) {
                  disk.save("d/%04d-new".formatted(i % 400), "x");
                }
                return null;
              });
      for (int round = 0; round < 8; round++) {
        List<String> seen =
            round % 2 == 0 ? disk.names("") : pages(disk, "", ListOptions.defaults().withLimit(37));
        assertThat(seen).doesNotHaveDuplicates().isSortedAccordingTo(StoragePath::compareUtf8);
        assertThat(seen.stream().filter(n -> n.endsWith("stay")).toList()).isEqualTo(stable);
      }
      done.set(true);
      deleter.get();
      saver.get();
    }
  }

  private static Void churn(TestDisk disk, List<String> paths, AtomicBoolean done)
      throws StorageException {
    while (!done.get()) {
      for (int i = 0; i < paths.size() && !done.get(); i++) {
        disk.writable().delete(paths.get(i));
      }
      for (int i = 0; i < paths.size() && !done.get(); i++) {
        disk.save(paths.get(i), "again");
      }
    }
    return null;
  }

  @Test
  @Clause("L3")
  default void an_open_listing_survives_deletes_around_its_place(TestDisk disk) throws Exception {
    List<String> paths = IntStream.range(0, 250).mapToObj("d/%04d"::formatted).toList();
    saveAll(disk, paths);
    List<String> seen = new ArrayList<>();
    try (Listing listing = disk.storage().list("")) {
      for (FileMetadata entry : listing) {
        String path = entry.path().value();
        seen.add(path);
        disk.writable().delete(path);
        if (seen.size() % 50 == 0) {
          disk.save("d/0000-early", "x");
        }
      }
    }
    assertThat(seen.stream().filter(paths::contains).toList()).isEqualTo(paths);
    disk.clear();
  }

  @Test
  @Clause("L3")
  default void a_token_survives_the_delete_of_its_file(TestDisk disk) throws Exception {
    List<String> paths = IntStream.range(0, 30).mapToObj("d%02d/f"::formatted).toList();
    saveAll(disk, paths);
    List<String> seen = new ArrayList<>();
    ListOptions options = ListOptions.defaults().withLimit(4);
    for (Optional<StoragePath> next = Optional.empty(); ; ) {
      ListPage page =
          disk.storage().listPage("", next.map(options::withStartAfter).orElse(options));
      page.entries().forEach(entry -> seen.add(entry.path().value()));
      next = page.next();
      if (next.isEmpty()) {
        break;
      }
      disk.writable().delete(next.get().value());
    }
    assertThat(seen).isEqualTo(paths);
  }
}
