package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Durability;
import io.diskmap.FileMetadata;
import io.diskmap.WriteCondition;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarsTest {
  @TempDir Path temp;

  private static WriteRequest with(String value) {
    return Opened.request(WriteCondition.none(), Map.of("key", value), Durability.NAME);
  }

  private List<Path> sidecars() throws IOException {
    Path attrs = temp.resolve(".diskmap/attrs");
    if (!Files.exists(attrs)) {
      return List.of();
    }
    try (var all = Files.walk(attrs)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static FileMetadata stat(Opened opened, String path) throws Exception {
    return opened.driver.stat(Opened.path(path), Opened.call());
  }

  @Test
  void a_file_that_needs_none_has_none() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x");
      assertThat(sidecars()).isEmpty();
      assertThat(temp.resolve(".diskmap/attrs")).doesNotExist();
    }
  }

  @Test
  void a_replace_leaves_one_sidecar_and_a_delete_none() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x", with("one"));
      opened.put("f", "y", with("two"));
      assertThat(sidecars()).hasSize(1);
      assertThat(stat(opened, "f").attributes()).isEqualTo(Map.of("key", "two"));
      opened.put("f", "z");
      assertThat(sidecars()).isEmpty();
      opened.put("f", "z", with("three"));
      opened.driver.delete(Opened.path("f"), DeleteRequest.any(Opened.call()));
      assertThat(sidecars()).isEmpty();
    }
  }

  @Test
  void a_file_that_another_program_changed_or_made_has_none() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x", with("one"));
      FileTime time = Files.getLastModifiedTime(temp.resolve("f"));
      Files.copy(temp.resolve("f"), temp.resolve("copy"));
      Files.setLastModifiedTime(temp.resolve("copy"), time);
      assertThat(stat(opened, "copy").attributes()).isEmpty();
      Files.writeString(temp.resolve("f"), "y");
      Files.setLastModifiedTime(temp.resolve("f"), FileTime.from(Instant.now().plusSeconds(1)));
      assertThat(stat(opened, "f").attributes()).isEmpty();
    }
  }

  @Test
  void a_rename_by_another_program_takes_it_along() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x", with("one"));
      Files.move(temp.resolve("f"), temp.resolve("g"));
      assertThat(stat(opened, "g").attributes()).isEqualTo(Map.of("key", "one"));
    }
  }

  @Test
  void a_damaged_sidecar_is_none() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x", with("one"));
      byte[] bytes = Files.readAllBytes(sidecars().get(0));
      bytes[bytes.length - 1] ^= 1;
      Files.write(sidecars().get(0), bytes);
      assertThat(stat(opened, "f").attributes()).isEmpty();
    }
  }

  @Test
  void a_refused_save_leaves_none_behind() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x");
      WriteRequest absent =
          Opened.request(WriteCondition.ifAbsent(), Map.of("key", "v"), Durability.NAME);
      Kinds.of(() -> opened.put("f", "y", absent));
      assertThat(sidecars()).isEmpty();
    }
  }
}
