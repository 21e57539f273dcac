package io.diskmap.spi.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.CallContext;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.ListRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeCursorTest {
  private static final List<String> TWISTED =
      List.of(
          "a-b",
          "a.b",
          "a/b",
          "a0",
          "a b/x",
          "a b-c",
          "a/a-b",
          "a/a/x",
          "a/a.b/c",
          "a!/z",
          "b",
          "\u00e9/x",
          "\ud83d\ude00",
          "\uff00",
          "z/y/x/w/v",
          "z-",
          "z.",
          "z/y-",
          "z/y.",
          "z/y0");

  private static ListRequest request(boolean oneLevel, String after) throws StorageException {
    Optional<StoragePath> bound =
        after.isEmpty() ? Optional.empty() : Optional.of(StoragePath.of(after));
    return new ListRequest(oneLevel, bound, Long.MAX_VALUE, Call.unbounded(CallContext.none()));
  }

  private static List<String> list(ModelDirectory root, ListRequest request, int window)
      throws StorageException {
    List<String> found = new ArrayList<>();
    try (TreeCursor cursor =
        new TreeCursor(Optional.of(root), StoragePath.root(), request, window)) {
      while (cursor.next()) {
        found.add(cursor.entry().path().value());
      }
    }
    return found;
  }

  private static ModelDirectory tree(List<String> files, boolean tellsKinds) {
    ModelDirectory root = new ModelDirectory(1, tellsKinds);
    files.forEach(root::file);
    return root;
  }

  private static List<String> sorted(List<String> files) {
    return files.stream().sorted(StoragePath::compareUtf8).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whole_paths_are_sorted_by_their_bytes(boolean tellsKinds) throws Exception {
    ModelDirectory root = tree(TWISTED, tellsKinds);
    for (int window : new int[] {1, 2, 3, 100}) {
      assertThat(list(root, request(false, ""), window)).isEqualTo(sorted(TWISTED));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_bound_gives_exactly_what_follows_it(boolean tellsKinds) throws Exception {
    ModelDirectory root = tree(TWISTED, tellsKinds);
    List<String> bounds = new ArrayList<>(TWISTED);
    bounds.addAll(List.of("a", "a b", "z/y", "z/y/x", "z/y/x/w/v/u", "0", "zz", "a/", "y"));
    for (String bound : bounds) {
      if (bound.endsWith("/")) {
        continue;
      }
      List<String> expected =
          sorted(TWISTED).stream().filter(p -> StoragePath.compareUtf8(p, bound) > 0).toList();
      for (int window : new int[] {1, 2, 100}) {
        assertThat(list(root, request(false, bound), window)).as(bound).isEqualTo(expected);
      }
    }
  }

  @Test
  void random_trees_list_like_their_model() throws Exception {
    Random random = new Random(7);
    String letters = "a-./0b ";
    for (int round = 0; round < 60; round++) {
      TreeSet<String> files = new TreeSet<>();
      for (int i = 0; i < 80; i++) {
        StringBuilder path = new StringBuilder();
        for (int length = 1 + random.nextInt(9); path.length() < length; ) {
          path.append(letters.charAt(random.nextInt(letters.length())));
        }
        addUnlessConflicting(files, path.toString());
      }
      List<String> all = new ArrayList<>(files);
      ModelDirectory root = tree(all, round % 2 == 0);
      String bound = all.get(random.nextInt(all.size()));
      List<String> expected =
          sorted(all).stream().filter(p -> StoragePath.compareUtf8(p, bound) > 0).toList();
      int window = 1 + random.nextInt(5);
      assertThat(list(root, request(false, ""), window)).isEqualTo(sorted(all));
      assertThat(list(root, request(false, bound), window)).isEqualTo(expected);
    }
  }

  private static void addUnlessConflicting(TreeSet<String> files, String path) {
    try {
      StoragePath.of(path);
    } catch (StorageException invalid) {
      return;
    }
    boolean conflict =
        files.stream().anyMatch(f -> f.startsWith(path + "/") || path.startsWith(f + "/"));
    if (!conflict) {
      files.add(path);
    }
  }

  @Test
  void one_level_shows_directories_in_the_place_of_their_contents() throws Exception {
    ModelDirectory root = tree(TWISTED, false);
    root.directory("empty").directory("er");
    List<String> level =
        List.of(
            "a b-c",
            "a b",
            "a!",
            "a-b",
            "a.b",
            "a",
            "a0",
            "b",
            "z-",
            "z.",
            "z",
            "\u00e9",
            "\uff00",
            "\ud83d\ude00");
    assertThat(list(root, request(true, ""), 2)).isEqualTo(level);
    for (int i = 0; i < level.size(); i++) {
      List<String> rest = list(root, request(true, level.get(i)), 3);
      assertThat(rest).isEqualTo(level.subList(i + 1, level.size()));
    }
  }

  @Test
  void names_that_no_path_can_have_are_counted_once() throws Exception {
    ModelDirectory root = new ModelDirectory(3, false);
    for (int i = 0; i < 50; i++) {
      root.file("f" + i);
    }
    root.file("back\\slash");
    root.file("new\nline");
    root.special("pipe");
    root.file(".diskmap-0123456789abcdef0123456789abcdef");
    root.directory(".diskmap").file("uploads");
    try (TreeCursor cursor =
        new TreeCursor(Optional.of(root), StoragePath.root(), request(false, ""), 4)) {
      int files = 0;
      while (cursor.next()) {
        files++;
      }
      assertThat(files).isEqualTo(50);
      assertThat(cursor.skipped()).isEqualTo(3);
    }
    assertThat(root.scans).isGreaterThan(10);
  }

  @Test
  void a_file_that_stays_comes_once_whatever_else_comes_and_goes() throws Exception {
    ModelDirectory root = new ModelDirectory(5, false);
    for (int i = 0; i < 500; i++) {
      root.file("keep%03d".formatted(i));
      root.file("gone%03d".formatted(i));
    }
    List<String> kept = new ArrayList<>();
    try (TreeCursor cursor =
        new TreeCursor(Optional.of(root), StoragePath.root(), request(false, ""), 16)) {
      for (int i = 0; cursor.next(); i++) {
        String path = cursor.entry().path().value();
        if (path.startsWith("keep")) {
          kept.add(path);
        }
        root.remove("gone%03d".formatted(i * 7 % 500));
        root.file("new%d".formatted(i));
      }
    }
    assertThat(kept).hasSize(500).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void what_the_store_tells_for_free_comes_back_unchanged() throws Exception {
    ModelDirectory root = tree(List.of("one", "three"), true);
    try (TreeCursor cursor =
        new TreeCursor(Optional.of(root), StoragePath.root(), request(false, ""))) {
      assertThat(cursor.next()).isTrue();
      FileMetadata one = cursor.entry();
      assertThat(one.size()).isEqualTo(3);
      assertThat(one.modified()).isEqualTo(Instant.EPOCH.plusNanos(3));
      assertThat(one.versionTag().value()).isEqualTo("v3");
      assertThat(one.versionTag().strong()).isTrue();
    }
  }

  @Test
  void a_prefix_shows_its_own_part_only() throws Exception {
    ModelDirectory root = tree(TWISTED, false);
    StoragePath prefix = StoragePath.of("z");
    for (String bound : List.of("", "z", "z-", "a", "z/y", "zz", "z0")) {
      List<String> found = new ArrayList<>();
      Optional<ModelDirectory> below = root.enter("z", Call.unbounded(CallContext.none()));
      try (TreeCursor cursor = new TreeCursor(below, prefix, request(false, bound), 2)) {
        while (cursor.next()) {
          found.add(cursor.entry().path().value());
        }
      }
      List<String> expected =
          sorted(TWISTED).stream()
              .filter(p -> p.startsWith("z/"))
              .filter(p -> bound.isEmpty() || StoragePath.compareUtf8(p, bound) > 0)
              .toList();
      assertThat(found).as(bound).isEqualTo(expected);
    }
  }

  @Test
  void many_large_directories_inside_each_other_stay_within_the_bound() throws Exception {
    ModelDirectory root = new ModelDirectory(11, false);
    StringBuilder path = new StringBuilder();
    List<String> files = new ArrayList<>();
    for (int depth = 0; depth < 6; depth++) {
      for (int i = 0; i < 400; i++) {
        files.add(path + "n%03d-%s".formatted(i, "x".repeat(100)));
      }
      path.append("n200/");
    }
    files.forEach(root::file);
    assertThat(list(root, request(false, ""), 50)).isEqualTo(sorted(files));
  }

  /** Gives some names, begins again, and gives all. */
  private record Faltering(ModelDirectory names, List<String> vanished) implements DirectoryLister {
    @Override
    public void scan(EntrySink sink, Call call) throws StorageException {
      for (String name : vanished) {
        sink.entry(name, TreeEntry.file(1, Instant.EPOCH, VersionTag.strong("v")));
      }
      sink.foreign("foreign");
      sink.startOver();
      sink.foreign("foreign");
      names.scan(sink, call);
    }

    @Override
    public Optional<TreeEntry> look(String name, Call call) {
      return names.look(name, call);
    }

    @Override
    public Optional<ModelDirectory> enter(String name, Call call) {
      return names.enter(name, call);
    }

    @Override
    public void close() {}
  }

  @Test
  void a_scan_that_begins_again_counts_once() throws Exception {
    ModelDirectory names = tree(List.of("a", "b", "c/d"), true);
    Faltering root = new Faltering(names, List.of("b", "gone"));
    List<String> found = new ArrayList<>();
    try (TreeCursor cursor =
        new TreeCursor(Optional.of(root), StoragePath.root(), request(false, ""), 10)) {
      while (cursor.next()) {
        found.add(cursor.entry().path().value());
      }
      assertThat(cursor.skipped()).isEqualTo(1);
    }
    assertThat(found).containsExactly("a", "b", "c/d");
  }
}
