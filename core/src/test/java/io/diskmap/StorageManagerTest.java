package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageManagerTest {
  @Test
  void files_of_every_size_come_back_as_they_were_saved() throws IOException {
    try (StorageManager manager = StorageManager.inMemory("workspace")) {
      Storage storage = manager.workspace();
      Random random = new Random(7);
      for (int size : new int[] {0, 1, 4095, 1 << 20, (1 << 20) + 1, 9_000_001}) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        FileMetadata saved = storage.save("a/" + size, Content.of(new ByteArrayInputStream(bytes)));
        assertThat(saved.size()).isEqualTo(size);
        try (Download in = storage.download("a/" + size)) {
          assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
      }
      assertThat(storage.usage("a").files()).isEqualTo(6);
      assertThat(manager.bufferedBytes()).isZero();
      assertThat(manager.activeCalls()).isZero();
    }
  }

  @Test
  void a_write_commits_on_return_and_aborts_on_an_exception() throws IOException {
    try (StorageManager manager = StorageManager.inMemory("workspace")) {
      Storage storage = manager.workspace();
      storage.write(
          "notes.txt",
          SaveOptions.defaults(),
          out -> out.write("first".getBytes(StandardCharsets.UTF_8)));
      assertThatThrownBy(
              () ->
                  storage.write(
                      "notes.txt",
                      SaveOptions.defaults(),
                      out -> {
                        out.write(new byte[3_000_000]);
                        throw new IOException("the scanner jammed");
                      }))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.SOURCE_FAILED);
                assertThat(e).hasRootCauseMessage("the scanner jammed");
              });
      try (Download in = storage.download("notes.txt")) {
        assertThat(in.readAllBytes()).asString().isEqualTo("first");
      }
    }
  }

  @Test
  void a_download_to_a_file_replaces_it_whole(@TempDir Path directory) throws IOException {
    try (StorageManager manager = StorageManager.inMemory("workspace")) {
      Storage storage = manager.workspace();
      byte[] bytes = new byte[5_000_000];
      new Random(3).nextBytes(bytes);
      storage.save("models/ocr.bin", Content.of(bytes));
      Path target = directory.resolve("deep/ocr.bin");
      DownloadReport report = storage.downloadTo("models/ocr.bin", target);
      assertThat(report.bytes()).isEqualTo(bytes.length);
      assertThat(target).hasBinaryContent(bytes);
      assertThat(Files.list(target.getParent())).containsExactly(target);
    }
  }

  @Test
  void a_view_of_a_disk_shows_only_its_prefix_and_refuses_changes() throws IOException {
    DiskMap map =
        DiskMap.builder()
            .disk("models", "memory", Map.of())
            .readOnlyView("scans", "models", "scans")
            .build();
    try (StorageManager manager = StorageManager.open(map)) {
      manager.disk("models").save("scans/1.png", Content.of("png"));
      manager.disk("models").save("other/1.png", Content.of("png"));
      Storage scans = manager.disk("scans");
      try (Listing all = scans.list("")) {
        assertThat(all.stream().map(f -> f.path().value())).containsExactly("1.png");
      }
      assertThatThrownBy(() -> scans.delete("1.png"))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.READ_ONLY));
    }
  }

  @Test
  void a_closed_manager_refuses_every_call() throws IOException {
    StorageManager manager = StorageManager.inMemory("workspace");
    Storage storage = manager.workspace();
    manager.close(Duration.ofSeconds(1));
    manager.close();
    assertThatThrownBy(() -> storage.exists("a"))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CLOSED));
  }

  @Test
  void an_unset_role_is_refused() {
    assertThatThrownBy(() -> StorageManager.fromEnvironment(name -> null))
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("SERVER_ROLE must be web, services, worker or testing");
  }

  @Test
  void role_web_opens_no_local_disk_whatever_the_map_says() {
    DiskMap map = DiskMap.builder().disk("workspace", "memory", Map.of()).build();
    Map<String, String> environment =
        Map.of("SERVICES_URL", "http://127.0.0.1:1", "INTERNAL_API_KEY", "k".repeat(32));
    assertThatThrownBy(
            () ->
                StorageManager.builder()
                    .diskMap(map)
                    .role(ServerRole.WEB)
                    .environment(environment::get)
                    .build())
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("diskmap-driver-remote-http");
  }
}
