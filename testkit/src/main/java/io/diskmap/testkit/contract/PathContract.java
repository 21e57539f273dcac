package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.Capabilities;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Upload;
import io.diskmap.testkit.data.Name;
import io.diskmap.testkit.data.NameGroup;
import io.diskmap.testkit.data.Names;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Paths: what is refused, that names are kept exactly, and that a file is no directory (P1 to P3).
 */
public interface PathContract {
  @Test
  @Clause("P1")
  default void an_invalid_path_is_refused_by_every_call(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    disk.save("kept", "x");
    for (Name refused : Names.refused()) {
      String path = refused.path();
      Map<String, Failures.Action> calls = new LinkedHashMap<>();
      calls.put("save", () -> storage.save(path, Content.of("x")));
      calls.put("write", () -> storage.write(path, SaveOptions.defaults(), out -> out.write(1)));
      calls.put("beginUpload", () -> storage.beginUpload(path, SaveOptions.defaults()).close());
      calls.put("download", () -> storage.download(path).close());
      calls.put("range", () -> storage.download(path, ByteRange.first(1)).close());
      calls.put("downloadTo", () -> storage.downloadTo(path, disk.temp().resolve("x")));
      calls.put("openChannel", () -> storage.openChannel(path).close());
      calls.put("exists", () -> storage.exists(path));
      calls.put("metadata", () -> storage.metadata(path));
      if (!path.isEmpty()) {
        calls.put("list", () -> storage.list(path).close());
        calls.put("usage", () -> storage.usage(path));
        calls.put("cleanup", () -> storage.cleanup(path, Duration.ZERO, true));
        calls.put("scoped", () -> storage.scoped(path));
      }
      calls.put("delete", () -> storage.delete(path));
      calls.put("deletePrefix", () -> storage.deletePrefix(path));
      calls.put("copy from", () -> storage.copy(path, "b", SaveOptions.defaults()));
      calls.put("copy to", () -> storage.copy("kept", path, SaveOptions.defaults()));
      calls.put("move from", () -> storage.move(path, "b", SaveOptions.defaults()));
      calls.put("move to", () -> storage.move("kept", path, SaveOptions.defaults()));
      calls.forEach(
          (name, call) ->
              assertThat(Failures.kindOf(call))
                  .as("%s of a path with: %s", name, refused)
                  .isEqualTo(ErrorKind.PATH_INVALID));
    }
    assertThat(disk.names("")).containsExactly("kept");
  }

  @Test
  @Clause("P1")
  default void the_refusal_of_a_path_names_the_rule_and_not_the_path(TestDisk disk) {
    StorageException refused = Failures.of(() -> disk.save("patient-17/../x", "x"));
    assertThat(refused.sentence()).contains("'..'");
    assertThat(refused.getMessage()).doesNotContain("patient-17");
    assertThat(refused.path()).contains("patient-17/../x");
  }

  @Test
  @Clause("P1:stored-length")
  default void a_path_as_long_as_the_rules_allow_is_stored(TestDisk disk) throws Exception {
    Capabilities can = disk.capabilities();
    String segment = "s".repeat(StoragePath.MAX_SEGMENT_BYTES);
    String wide = "\u20ac".repeat(StoragePath.MAX_SEGMENT_BYTES / 3);
    String longest = (("d".repeat(254) + '/').repeat(4) + "f".repeat(4));
    for (String path : List.of(segment, wide, longest)) {
      if (storable(path, can)) {
        disk.save(path, path);
        assertThat(disk.text(path)).isEqualTo(path);
        assertThat(disk.names("")).contains(path);
      } else {
        StorageException refused = Failures.of(() -> disk.save(path, path));
        assertThat(refused.kind()).isEqualTo(ErrorKind.PATH_INVALID);
        assertThat(refused.sentence()).containsPattern("[0-9]+");
      }
    }
  }

  private static boolean storable(String path, Capabilities can) {
    return path.getBytes(StandardCharsets.UTF_8).length <= can.maxPathBytes()
        && Stream.of(path.split("/"))
            .allMatch(s -> s.getBytes(StandardCharsets.UTF_8).length <= can.maxSegmentBytes());
  }

  @Test
  @Clause({"P2", "L2"})
  default void unusual_names_are_kept_exactly(TestDisk disk) throws Exception {
    Capabilities can = disk.capabilities();
    List<String> paths = new ArrayList<>();
    for (Name name : Names.accepted()) {
      String path = "n%03d/%s".formatted(paths.size(), name.path());
      paths.add(isPath(path) && storable(path, can) ? path : name.path());
    }
    paths.removeIf(path -> !storable(path, can));
    for (String path : paths) {
      disk.save(path, "content of " + path);
    }
    paths.sort(StoragePath::compareUtf8);
    assertThat(disk.names("")).containsExactlyElementsOf(paths);
    for (String path : paths) {
      assertThat(disk.text(path)).isEqualTo("content of " + path);
      assertThat(disk.storage().metadata(path).path().value()).isEqualTo(path);
    }
    for (String path : paths) {
      assertThat(disk.storage().delete(path)).as(path).isTrue();
    }
    assertThat(disk.names("")).isEmpty();
  }

  private static boolean isPath(String text) {
    try {
      StoragePath.of(text);
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  @Test
  @Clause("P2")
  default void unusual_names_work_as_directories_and_prefixes(TestDisk disk) throws Exception {
    for (Name name : Names.accepted()) {
      String inside = name.path() + "/in/f";
      if (isPath(inside) && storable(inside, disk.capabilities())) {
        disk.save(inside, "x");
        assertThat(disk.names(name.path())).as(name.label()).containsExactly(inside);
        assertThat(disk.storage().deletePrefix(name.path()).files()).as(name.label()).isEqualTo(1);
      }
    }
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause("P2")
  default void names_that_a_careless_store_confuses_stay_apart(TestDisk disk) throws Exception {
    for (NameGroup group : Names.confusable()) {
      if (differOnlyInCase(group)) {
        continue;
      }
      requireApart(disk, group);
    }
  }

  @Test
  @Clause("P2:case")
  default void names_that_differ_only_in_case_stay_apart(TestDisk disk) throws Exception {
    for (NameGroup group : Names.confusable()) {
      if (differOnlyInCase(group)) {
        requireApart(disk, group);
      }
    }
  }

  private static boolean differOnlyInCase(NameGroup group) {
    long folded =
        group.paths().stream()
            .map(path -> path.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT))
            .distinct()
            .count();
    return folded < group.paths().size();
  }

  private static void requireApart(TestDisk disk, NameGroup group) throws Exception {
    List<String> saved = new ArrayList<>();
    for (String path : group.paths()) {
      assertThat(disk.storage().exists(path)).as("%s: %s", group, path).isFalse();
      disk.save(path, "content of " + path);
      saved.add(path);
      saved.sort(StoragePath::compareUtf8);
      assertThat(disk.names("")).as(group.label()).containsExactlyElementsOf(saved);
    }
    for (String path : group.paths()) {
      assertThat(disk.text(path)).as(group.label()).isEqualTo("content of " + path);
    }
    for (String path : group.paths()) {
      disk.storage().delete(path);
      saved.remove(path);
      assertThat(disk.names("")).as(group.label()).containsExactlyElementsOf(saved);
    }
  }

  @Test
  @Clause("P3")
  default void a_file_below_a_file_is_a_path_conflict(TestDisk disk) throws Exception {
    disk.save("a", "file");
    disk.save("other", "x");
    Storage storage = disk.storage();
    for (String path : List.of("a/b", "a/b/c/d")) {
      assertThat(Failures.kindOf(() -> disk.save(path, "x"))).isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> storage.copy("other", path, SaveOptions.defaults())))
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> storage.move("other", path, SaveOptions.defaults())))
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> upload(storage, path))).isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(storage.exists(path)).isFalse();
      assertThat(storage.delete(path)).isFalse();
      assertThat(disk.names(path)).isEmpty();
    }
    assertThat(disk.text("a")).isEqualTo("file");
    assertThat(disk.names("")).containsExactly("a", "other");
  }

  @Test
  @Clause("P3")
  default void a_file_in_the_place_of_a_directory_is_a_path_conflict(TestDisk disk)
      throws Exception {
    disk.save("d/e/f", "inside");
    disk.save("other", "x");
    Storage storage = disk.storage();
    for (String path : List.of("d", "d/e")) {
      assertThat(Failures.kindOf(() -> disk.save(path, "x"))).isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> storage.save(path, Content.of("x"), disk.newFile())))
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> storage.copy("other", path, SaveOptions.defaults())))
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> storage.move("other", path, SaveOptions.defaults())))
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(Failures.kindOf(() -> upload(storage, path))).isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(storage.exists(path)).isFalse();
      assertThat(storage.delete(path)).isFalse();
      assertThat(Failures.kindOf(() -> storage.metadata(path))).isEqualTo(ErrorKind.NOT_FOUND);
      assertThat(Failures.kindOf(() -> storage.download(path))).isEqualTo(ErrorKind.NOT_FOUND);
    }
    assertThat(disk.names("")).containsExactly("d/e/f", "other");
  }

  private static void upload(Storage storage, String path) throws StorageException {
    try (Upload upload = storage.beginUpload(path, SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1}));
      upload.commit(1);
    }
  }

  @Test
  @Clause("P3")
  default void an_emptied_directory_does_not_stand_in_the_way(TestDisk disk) throws Exception {
    disk.save("a/b/c", "x");
    disk.storage().delete("a/b/c");
    disk.save("a", "now a file");
    assertThat(disk.text("a")).isEqualTo("now a file");
    disk.storage().delete("a");
    disk.save("a/b", "a directory again");
    assertThat(disk.names("")).containsExactly("a/b");
    disk.storage().deletePrefix("a");
    disk.save("a", "a file again");
    assertThat(disk.names("")).containsExactly("a");
  }

  @Test
  @Clause("P3")
  default void a_file_and_a_directory_that_race_for_a_name_never_both_win(TestDisk disk)
      throws Exception {
    try (Race race = new Race(2)) {
      for (int round = 0; round < 40; round++) {
        String name = "r" + round;
        List<Optional<ErrorKind>> outcomes =
            race.round(number -> outcome(disk, number == 0 ? name : name + "/below"));
        List<String> there = new ArrayList<>(disk.names(name));
        if (disk.storage().exists(name)) {
          there.add(name);
        }
        assertThat(there).as("round %d: %s", round, outcomes).hasSize(1);
        assertThat(outcomes)
            .allMatch(o -> o.isEmpty() || o.get() == ErrorKind.PATH_CONFLICT)
            .anyMatch(Optional::isEmpty);
      }
    }
  }

  private static Optional<ErrorKind> outcome(TestDisk disk, String path) {
    try {
      disk.save(path, path);
      return Optional.empty();
    } catch (StorageException e) {
      return Optional.of(e.kind());
    }
  }
}
