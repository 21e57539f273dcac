package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.DiskMap;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.contract.Race;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitsAtOnceTest {
  private static final int COMMITS = 3;
  private static final int ROUNDS = 100;

  @TempDir Path root;

  private StorageManager open() {
    return StorageManager.open(
        DiskMap.parse(
            "{\"disks\":{\"disk\":{\"driver\":\"local\",\"root\":\"%s\"}}}".formatted(root)));
  }

  @Test
  void commits_of_one_upload_at_once_leave_one_file_with_its_attributes() throws Exception {
    try (StorageManager one = open();
        StorageManager other = open();
        Race race = new Race(COMMITS)) {
      for (int round = 0; round < ROUNDS; round++) {
        String path = "d/" + round;
        Map<String, String> attributes = Map.of("round", Integer.toString(round));
        List<Upload> uploads = new ArrayList<>();
        Upload begun =
            one.disk("disk").beginUpload(path, SaveOptions.defaults().withAttributes(attributes));
        begun.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        uploads.add(begun);
        for (Storage storage : List.of(one.disk("disk"), other.disk("disk"))) {
          uploads.add(storage.resumeUpload(begun.id()));
        }
        List<FileMetadata> answers = race.round(number -> uploads.get(number).commit(3));
        FileMetadata saved = one.disk("disk").metadata(path);
        assertThat(saved.attributes()).isEqualTo(attributes);
        assertThat(answers)
            .allSatisfy(
                answer -> {
                  assertThat(answer.attributes()).isEqualTo(attributes);
                  assertThat(answer.versionTag().value()).isEqualTo(saved.versionTag().value());
                });
        for (Upload upload : uploads) {
          upload.close();
        }
      }
    }
  }
}
