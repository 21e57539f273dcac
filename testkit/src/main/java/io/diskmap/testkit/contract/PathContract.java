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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Paths: what is refused, that names are kept exactly, and that a file is no directory (P1 to P3). */
public interface PathContract {
  /** Texts that are no path, each for its own rule. */
  List<String> INVALID =
      List.of(
          "/a", "a/", "a//b", "/", ".", "..", "./a", "a/.", "a/./b", "../a", "a/../b", "a/..",
          "a\\b", "..\\a", "a\0b", "a\nb", "a\u007fb", "a\u0085b", "a\ud800b", "\udc00", "a\uf03ab",
          "a/.diskmap", ".diskmap-0123/b", ".diskmap/uploads/x", "a".repeat(256),
          "\u00e9".repeat(128), ("a".repeat(200) + "/").repeat(6) + "a");

  @Test
  @Clause("P1")
  default void an_invalid_path_is_refused_by_every_call(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    disk.save("kept", "x");
    for (String path : INVALID) {
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
      calls.put("list", () -> storage.list(path).close());
      calls.put("usage", () -> storage.usage(path));
      calls.put("delete", () -> storage.delete(path));
      calls.put("deletePrefix", () -> storage.deletePrefix(path));
      calls.put("cleanup", () -> storage.cleanup(path, java.time.Duration.ZERO, true));
      calls.put("copy from", () -> storage.copy(path, "b", SaveOptions.defaults()));
      calls.put("copy to", () -> storage.copy("kept", path, SaveOptions.defaults()));
      calls.put("move from", () -> storage.move(path, "b", SaveOptions.defaults()));
      calls.put("move to", () -> storage.move("kept", path, SaveOptions.defaults()));
      calls.put("scoped", () -> storage.scoped(path));
      calls.forEach(
          (name, call) ->
              assertThat(Failures.kindOf(call))
                  .as("%s of '%s'", name, path)
                  .isEqualTo(ErrorKind.PATH_INVALID));
    }
    assertThat(Failures.kindOf(() -> storage.save("", Content.of("x"))))
        .isEqualTo(ErrorKind.PATH_INVALID);
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
    return path.length() <= can.maxPathBytes()
        && List.of(path.split("/")).stream().allMatch(s -> s.length() <= can.maxSegmentBytes());
  }

  @Test
  @Clause({"P2", "L2"})
  default void unusual_names_are_kept_exactly(TestDisk disk) throws Exception {
    List<String> paths = new ArrayList<>();
    for (String name : UnusualNames.all()) {
      paths.add("n/" + name);
    }
    for (String path : paths) {
      disk.save(path, "content of " + path);
    }
    paths.sort(Comparator.comparing(PathContract::path));
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

  private static StoragePath path(String text) {
    try {
      return StoragePath.of(text);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Clause("P2")
  default void unusual_names_work_as_directories_and_prefixes(TestDisk disk) throws Exception {
    for (String name : UnusualNames.all()) {
      disk.save(name + "/inside/f", name);
      assertThat(disk.names(name)).as(name).containsExactly(name + "/inside/f");
      assertThat(disk.storage().deletePrefix(name).files()).as(name).isEqualTo(1);
    }
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause("P2")
  default void nothing_in_a_name_is_decoded_trimmed_or_normalised(TestDisk disk) throws Exception {
    List<List<String>> twins =
        List.of(
            List.of("a%2Fb", "a/b"),
            List.of("a%20b", "a b", "a+b"),
            List.of("%41", "A"),
            List.of("t", "t ", " t", "t.", "t..", "t\u00a0"),
            List.of("caf\u00e9", "cafe\u0301"),
            List.of("a%252Fb", "a%25b"));
    for (List<String> names : twins) {
      for (String name : names) {
        disk.save("twins/" + name, name);
        for (String other : names) {
          boolean saved = names.indexOf(other) <= names.indexOf(name);
          assertThat(disk.storage().exists("twins/" + other))
              .as("'%s' after saving '%s'", other, name)
              .isEqualTo(saved);
        }
      }
      for (String name : names) {
        assertThat(disk.text("twins/" + name)).isEqualTo(name);
      }
      disk.storage().deletePrefix("twins");
    }
  }

  @Test
  @Clause("P2:case")
  default void names_that_differ_in_case_are_two_files(TestDisk disk) throws Exception {
    disk.save("case/File", "upper");
    disk.save("case/file", "lower");
    disk.save("CASE/file", "directory");
    disk.save("stra\u00dfe", "sz");
    disk.save("STRASSE", "ss");
    assertThat(disk.names("case")).containsExactly("case/File", "case/file");
    assertThat(disk.text("case/File")).isEqualTo("upper");
    assertThat(disk.text("case/file")).isEqualTo("lower");
    assertThat(disk.text("CASE/file")).isEqualTo("directory");
    disk.storage().delete("case/FILE");
    assertThat(disk.names("")).hasSize(5);
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
      assertThat(Failures.kindOf(() -> storage.save(path, Content.of("x"), SaveOptions.ifAbsent())))
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
      upload.write(0, java.nio.ByteBuffer.wrap(new byte[] {1}));
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
