package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.contract.Failures;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the chunks of a save are. */
class ChunkSizeTest {
  @TempDir Path root;

  private StorageManager open() {
    return StorageManager.open(
        DiskMap.builder().disk("disk", "local", Map.of("root", root.toString())).build());
  }

  @Test
  void chunks_are_as_long_as_is_asked_for_in_whole_pages() throws Exception {
    Map<Integer, Integer> sizes =
        Map.of(64 << 10, 64 << 10, 100_000, 64 << 10, 1 << 20, 1 << 20, 8 << 20, 8 << 20);
    try (StorageManager manager = open()) {
      for (Map.Entry<Integer, Integer> size : sizes.entrySet()) {
        SaveOptions options = SaveOptions.defaults().withChunkSize(size.getKey());
        try (Upload upload = manager.disk("disk").beginUpload("f", options)) {
          assertThat(upload.chunkSize()).isEqualTo(size.getValue());
        }
      }
      try (Upload upload = manager.disk("disk").beginUpload("f", SaveOptions.defaults())) {
        assertThat(upload.chunkSize()).isEqualTo(Uploads.CHUNK);
      }
    }
  }

  @Test
  void another_process_goes_on_with_chunks_of_the_same_size() throws Exception {
    int size = 3 << 20;
    String id;
    try (StorageManager manager = open()) {
      Upload upload =
          manager.disk("disk").beginUpload("f", SaveOptions.defaults().withChunkSize(size));
      upload.write(0, ByteBuffer.allocate(size));
      upload.write(size, ByteBuffer.allocate(size));
      upload.detach();
      id = upload.id();
    }
    try (StorageManager manager = open();
        Upload upload = manager.disk("disk").resumeUpload(id)) {
      assertThat(upload.chunkSize()).isEqualTo(size);
      assertThat(upload.received())
          .singleElement()
          .satisfies(range -> assertThat(range.length()).isEqualTo(2L * size));
      assertThat(Failures.kindOf(() -> upload.write(Uploads.CHUNK, ByteBuffer.allocate(1))))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      upload.write(2L * size, ByteBuffer.allocate(5));
      assertThat(upload.commit(2L * size + 5).size()).isEqualTo(2L * size + 5);
    }
  }
}
