package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.testkit.process.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {
  private static final List<String> UNUSUAL =
      List.of("plain", "\u00e4\u00f6", "e\u0301", "\u00e9", "\ud83d\ude00", "100%", "%25", "a b ");

  @TempDir Path temp;

  /** Saves, lists, reads and deletes the unusual names below the root that it is given. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      try (Opened opened = Opened.at(Path.of(arguments[0]))) {
        for (String name : UNUSUAL) {
          opened.put(name + "/" + name, "content of " + UNUSUAL.indexOf(name));
        }
        for (String name : UNUSUAL) {
          if (!opened.text(name + "/" + name).equals("content of " + UNUSUAL.indexOf(name))) {
            throw new AssertionError("another content");
          }
        }
        if (opened.names().size() != UNUSUAL.size()) {
          throw new AssertionError("another listing: " + opened.names().size());
        }
        opened.driver.delete(
            Opened.path("\u00e9/\u00e9"), io.diskmap.spi.DeleteRequest.any(Opened.call()));
      }
    }
  }

  @Test
  void names_are_utf_8_in_every_locale() throws Exception {
    for (String locale : List.of("C", "C.UTF-8")) {
      Path root = Files.createDirectory(temp.resolve("root-" + locale));
      try (ChildJvm child =
          ChildJvm.of(Child.class)
              .environment("LC_ALL", locale)
              .arguments(root.toString())
              .start()) {
        child.awaitSuccess(Duration.ofSeconds(60));
      }
      try (Opened opened = Opened.at(root)) {
        assertThat(opened.names()).hasSize(UNUSUAL.size() - 1).doesNotContain("\u00e9/\u00e9");
        assertThat(opened.text("\ud83d\ude00/\ud83d\ude00")).isEqualTo("content of 4");
        assertThat(opened.text("e\u0301/e\u0301")).isEqualTo("content of 2");
      }
    }
  }

  @Test
  void a_name_that_holds_the_replacement_character_is_a_name() {
    assertThat(Names.text(Names.path("\ufffd"))).contains("\ufffd");
    assertThat(Names.shown(Names.path("a\u00e9"))).isEqualTo("a\u00e9");
    assertThat("\ufffd".getBytes(StandardCharsets.UTF_8)).hasSize(3);
  }
}
