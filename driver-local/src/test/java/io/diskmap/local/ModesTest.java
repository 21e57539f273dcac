package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Durability;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.StorageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModesTest {
  @TempDir Path temp;

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve(path)));
  }

  @Test
  void new_files_and_directories_have_the_modes_of_the_options_whatever_the_mask()
      throws Exception {
    try (Opened opened = Opened.at(temp, Map.of("file_mode", "0666", "dir_mode", "0777"))) {
      opened.put("d/e/f", "x");
      opened.put("new", "x", Opened.request(WriteCondition.ifAbsent(), Map.of(), Durability.NAME));
      assertThat(mode("d/e/f")).isEqualTo("rw-rw-rw-");
      assertThat(mode("new")).isEqualTo("rw-rw-rw-");
      assertThat(mode("d")).isEqualTo("rwxrwxrwx");
      assertThat(mode("d/e")).isEqualTo("rwxrwxrwx");
    }
  }

  @Test
  void what_is_staged_is_never_wider_than_the_file_it_replaces() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "secret");
      Files.setPosixFilePermissions(
          temp.resolve("f"), PosixFilePermissions.fromString("rw-------"));
      StoragePath path = StoragePath.of("f");
      try (StorageWriter writer = opened.driver.openWrite(path, Opened.request())) {
        assertThat(mode(StagedNames.PREFIX + writer.id())).isEqualTo("rw-------");
        writer.commit(Opened.commit(0));
      }
      assertThat(mode("f")).isEqualTo("rw-------");
    }
  }

  @Test
  void files_get_the_group_of_the_options() throws Exception {
    PosixFileAttributes root = Files.readAttributes(temp, PosixFileAttributes.class);
    String own = root.group().getName();
    try (Opened opened = Opened.at(temp, Map.of("group", own))) {
      opened.put("d/f", "x");
      assertThat(Files.readAttributes(temp.resolve("d/f"), PosixFileAttributes.class).group())
          .isEqualTo(root.group());
    }
  }
}
