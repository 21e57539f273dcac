package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.testkit.data.Name;
import io.diskmap.testkit.data.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmbNamesTest {
  @Test
  void names_come_back_as_they_were() {
    List<String> names =
        List.of(
            "plain",
            "a:b",
            "*?\"<>|",
            "dot.",
            "blank ",
            "..a",
            "a..",
            "CON",
            "con.txt",
            "Com1",
            "LPT\u00B9",
            "nul .txt",
            "CONSOLE",
            " lead",
            "\u00E9",
            "e\u0301",
            "\uD83D\uDE00",
            "~1");
    Set<String> stored = new HashSet<>();
    for (String name : names) {
      String there = SmbNames.stored(name);
      assertThat(SmbNames.original(there)).as(name).contains(name);
      assertThat(there).doesNotContainPattern("[:*?\"<>|]").doesNotEndWith(".").doesNotEndWith(" ");
      assertThat(stored.add(there)).as(name).isTrue();
    }
  }

  @Test
  void every_unusual_name_of_the_kit_comes_back() {
    for (Name name : Names.accepted()) {
      for (String segment : name.path().split("/")) {
        assertThat(SmbNames.original(SmbNames.stored(segment))).as(name.label()).contains(segment);
      }
    }
  }

  @Test
  void a_stored_name_that_no_name_is_stored_as_has_no_original() {
    assertThat(SmbNames.original("a\uF061")).isEmpty();
    assertThat(SmbNames.original("CON")).isEmpty();
    assertThat(SmbNames.original("\uF03Aname")).contains(":name");
  }

  @Test
  void another_case_or_another_name_is_not_exact() {
    assertThat(SmbNames.isExact("dir\\file", "\\dir\\file")).isTrue();
    assertThat(SmbNames.isExact("dir\\file", "\\dir\\FILE")).isFalse();
    assertThat(SmbNames.isExact("Dir\\file", "\\dir\\file")).isFalse();
    assertThat(SmbNames.isExact("FOOBA~1.TXT", "\\foobar long.txt")).isFalse();
    assertThat(SmbNames.isExact("dir\\file", "file")).isTrue();
    assertThat(SmbNames.isExact("", "\\")).isTrue();
  }
}
