package io.diskmap.testkit.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NamesTest {
  static List<Name> refused() {
    return Names.refused();
  }

  static List<Name> accepted() {
    return Names.accepted();
  }

  static List<NameGroup> confusable() {
    return Names.confusable();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void a_refused_name_is_refused(Name name) {
    assertThatThrownBy(() -> StoragePath.of(name.path()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.PATH_INVALID));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void an_accepted_name_is_kept_exactly(Name name) throws StorageException {
    assertThat(StoragePath.of(name.path()).value()).isEqualTo(name.path());
  }

  @ParameterizedTest
  @MethodSource("confusable")
  void confusable_names_are_valid_and_different(NameGroup group) {
    assertThat(group.paths()).doesNotHaveDuplicates().hasSizeGreaterThan(1);
    assertThat(group.paths())
        .allSatisfy(path -> assertThatCode(() -> StoragePath.of(path)).doesNotThrowAnyException());
  }

  @Test
  void all_confusable_names_fit_on_one_disk() {
    List<String> paths = Names.confusable().stream().flatMap(g -> g.paths().stream()).toList();
    assertThat(paths).doesNotHaveDuplicates();
    for (String path : paths) {
      assertThat(paths).noneMatch(other -> other.startsWith(path + "/"));
    }
  }

  @Test
  void labels_are_unique_and_printable() {
    Set<String> labels = new HashSet<>();
    Stream.concat(Names.refused().stream(), Names.accepted().stream())
        .map(Name::label)
        .forEach(
            label -> {
              assertThat(labels.add(label)).as(label).isTrue();
              assertThat(label).matches("[ -~]+");
            });
    Set<String> paths = new HashSet<>();
    Stream.concat(Names.refused().stream(), Names.accepted().stream())
        .forEach(name -> assertThat(paths.add(name.path())).as(name.label()).isTrue());
  }

  @Test
  void the_longest_names_are_as_long_as_their_labels_say() {
    assertThat(utf8Length("path of 1024 bytes")).isEqualTo(1024);
    assertThat(utf8Length("path of 1024 bytes in 2-byte characters")).isEqualTo(1024);
    assertThat(utf8Length("segment of 255 bytes in 3-byte characters")).isEqualTo(255);
    assertThat(utf8Length("path of 1025 bytes")).isEqualTo(1025);
    assertThat(utf8Length("path of 1026 bytes in 2-byte characters")).isEqualTo(1026);
  }

  private static int utf8Length(String label) {
    return Stream.concat(Names.refused().stream(), Names.accepted().stream())
        .filter(name -> name.label().equals(label))
        .map(name -> name.path().getBytes(StandardCharsets.UTF_8).length)
        .findFirst()
        .orElseThrow();
  }
}
