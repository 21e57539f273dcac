package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.contract.Clause;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.data.SeededContent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole contract, and what only S3 servers are asked. */
interface S3ServerContract extends ProcessContract, NetworkContract {
  @Test
  @Clause("C1")
  default void a_copy_in_parts_on_the_server_is_the_same_file(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(9, 13L * 1024 * 1024 + 7);
    try (StorageManager manager = disk.open("\"copy_at_once\":\"5MiB\"")) {
      Storage storage = manager.disk(TestDisk.NAME);
      SaveOptions options =
          SaveOptions.defaults().withContentType("image/png").withAttributes(Map.of("k", "v"));
      for (String source : new String[] {"parts", "one"}) {
        FileMetadata saved =
            source.equals("parts")
                ? storage.save(source, Content.of(content.stream()), options)
                : storage.save(source, Content.of(content.range(0, 4 * 1024 * 1024)), options);
        FileMetadata copy = storage.copy(source, "copy", SaveOptions.defaults());
        assertThat(copy.size()).isEqualTo(saved.size());
        assertThat(copy.contentType()).contains("image/png");
        assertThat(copy.attributes()).containsEntry("k", "v");
        assertThat(storage.metadata("copy").checksums()).isEqualTo(saved.checksums());
        try (Download in = storage.download("copy")) {
          if (source.equals("parts")) {
            content.assertEquals(in);
          } else {
            assertThat(in.readAllBytes()).isEqualTo(content.range(0, 4 * 1024 * 1024));
          }
        }
      }
    }
  }

  @Test
  @Clause("M1")
  default void a_save_in_parts_answers_what_the_store_tells_of_the_file(TestDisk disk)
      throws Exception {
    byte[] parts = new byte[6 * 1024 * 1024];
    try (StorageManager manager = disk.open()) {
      Storage storage = manager.disk(TestDisk.NAME);
      for (int i = 0; i < 20; i++) {
        FileMetadata saved = storage.save("f", Content.of(parts));
        assertThat(storage.metadata("f")).isEqualTo(saved);
      }
    }
  }
}
