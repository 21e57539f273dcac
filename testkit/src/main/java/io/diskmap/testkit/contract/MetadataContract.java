package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.EntryType;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.Upload;
import io.diskmap.VersionTag;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Metadata: size, time, version tag, content type, attributes, checksums (M1, M2). */
public interface MetadataContract {
  @Test
  @Clause("M1")
  default void metadata_says_what_was_saved(TestDisk disk) throws Exception {
    FileMetadata saved = disk.save("d/f.csv", "a,b,c");
    FileMetadata read = disk.storage().metadata("d/f.csv");
    for (FileMetadata metadata : List.of(saved, read)) {
      assertThat(metadata.path().value()).isEqualTo("d/f.csv");
      assertThat(metadata.type()).isEqualTo(EntryType.FILE);
      assertThat(metadata.size()).isEqualTo(5);
      assertThat(metadata.contentType()).contains("text/csv");
      assertThat(metadata.attributes()).isEmpty();
      assertThat(metadata.versionTag().value()).isEqualTo(read.versionTag().value());
      assertThat(metadata.modified()).isEqualTo(read.modified());
    }
  }

  @Test
  @Clause("M1")
  default void a_version_tag_changes_with_every_content(TestDisk disk) throws Exception {
    Map<String, String> contents = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      String content = "%06d".formatted(i);
      disk.save("f", content);
      VersionTag now = disk.storage().metadata("f").versionTag();
      if (now.strong()) {
        assertThat(contents.put(now.value(), content)).as("the content of %s", now).isNull();
      }
    }
    disk.save("f", "000001");
    VersionTag one = disk.tag("f");
    disk.save("f", "000002");
    assertThat(disk.tag("f").value()).as("same size, other content").isNotEqualTo(one.value());
  }

  @Test
  @Clause("M1")
  default void a_version_tag_stays_while_the_content_stays(TestDisk disk) throws Exception {
    disk.save("f", "content");
    VersionTag tag = disk.tag("f");
    disk.save("g", "other");
    disk.text("f");
    disk.storage().copy("f", "h", SaveOptions.defaults());
    assertThat(disk.tag("f")).isEqualTo(tag);
  }

  @Test
  @Clause("M1")
  default void a_slow_upload_is_not_born_old(TestDisk disk) throws Exception {
    Instant before;
    FileMetadata saved;
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      Instant staged = disk.storeTime();
      disk.awaitStoreTimeAfter(staged);
      before = disk.storeTime();
      assertThat(before).isAfter(staged);
      saved = upload.commit(3);
    }
    assertThat(saved.modified()).isAfterOrEqualTo(before);
    assertThat(disk.storage().metadata("f").modified()).isAfterOrEqualTo(before);
  }

  @Test
  @Clause("M1")
  default void a_replace_moves_the_modification_time_on(TestDisk disk) throws Exception {
    Instant first = disk.save("f", "one").modified();
    disk.awaitStoreTimeAfter(first);
    assertThat(disk.save("f", "two").modified()).isAfter(first);
  }

  @Test
  @Clause("M1")
  default void a_content_type_is_kept_or_guessed_from_the_name(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    storage.save("a.json", Content.of("{}"));
    storage.save("b.json", Content.of("{}"), SaveOptions.contentType("text/x-odd; charset=utf-8"));
    storage.save("c.unknown-type", Content.of("x"));
    assertThat(storage.metadata("a.json").contentType()).contains("application/json");
    assertThat(storage.metadata("b.json").contentType()).contains("text/x-odd; charset=utf-8");
    assertThat(storage.metadata("c.unknown-type").contentType())
        .contains("application/octet-stream");
    storage.save("b.json", Content.of("{}"));
    assertThat(storage.metadata("b.json").contentType())
        .as("a replace forgets the type of the old file")
        .contains("application/json");
  }

  @Test
  @Clause({"M1", "M2"})
  default void attributes_are_kept_with_the_file(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    Map<String, String> attributes =
        Map.of("patient", "Jos\u00e9 \ud83d\ude00", "empty", "", "a.b-c_d", "x=y; \"z\"\n\t");
    SaveOptions options = SaveOptions.defaults().withAttributes(attributes);
    byte[] large = Data.of(1, 2 * disk.chunkSize() + 1);
    for (byte[] content : List.of(new byte[0], new byte[] {1}, large)) {
      assertThat(storage.save("f", Content.of(content), options).attributes())
          .isEqualTo(attributes);
      assertThat(storage.metadata("f").attributes()).isEqualTo(attributes);
      assertThat(disk.bytes("f")).isEqualTo(content);
      try (var in = storage.download("f")) {
        assertThat(in.metadata().attributes()).isEqualTo(attributes);
      }
    }
    assertThat(disk.names("")).containsExactly("f");
  }

  @Test
  @Clause("M2")
  default void attributes_belong_to_one_version_of_the_file(TestDisk disk) throws Exception {
    Storage storage = disk.storage();
    for (int i = 0; i < 10; i++) {
      Map<String, String> attributes = Map.of("round", Integer.toString(i));
      storage.save("f", Content.of("x" + i), SaveOptions.defaults().withAttributes(attributes));
      assertThat(storage.metadata("f").attributes()).isEqualTo(attributes);
      storage.save("f", Content.of("y" + i));
      assertThat(storage.metadata("f").attributes()).isEmpty();
      storage.save("f", Content.of("z"), SaveOptions.defaults().withAttributes(attributes));
      storage.delete("f");
      storage.save("f", Content.of("z"));
      assertThat(storage.metadata("f").attributes()).isEmpty();
    }
  }

  @Test
  @Clause("M2")
  default void racing_savers_never_mix_content_and_attributes(TestDisk disk) throws Exception {
    try (Race race = new Race(6)) {
      for (int round = 0; round < 25; round++) {
        race.round(
            number ->
                disk.storage()
                    .save(
                        "f",
                        Content.of("saver " + number),
                        number == 0
                            ? SaveOptions.defaults()
                            : SaveOptions.defaults()
                                .withAttributes(Map.of("saver", "saver " + number))));
        try (var in = disk.storage().download("f")) {
          String content = new String(in.readAllBytes());
          assertThat(in.metadata().attributes())
              .isEqualTo(content.equals("saver 0") ? Map.of() : Map.of("saver", content));
        }
      }
    }
  }

  @Test
  @Clause("M1")
  default void attributes_fill_two_kibibytes_and_no_more(TestDisk disk) throws Exception {
    Map<String, String> most = Map.of("k", "v".repeat(SaveOptions.MAX_ATTRIBUTE_BYTES - 1));
    disk.storage().save("f", Content.of("x"), SaveOptions.defaults().withAttributes(most));
    assertThat(disk.storage().metadata("f").attributes()).isEqualTo(most);
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      many.put("key-%03d".formatted(i), "value %03d \u00e9".formatted(i));
    }
    disk.storage().save("f", Content.of("x"), SaveOptions.defaults().withAttributes(many));
    assertThat(disk.storage().metadata("f").attributes()).isEqualTo(many);
    assertThatThrownBy(
            () ->
                SaveOptions.defaults()
                    .withAttributes(Map.of("k", "v".repeat(SaveOptions.MAX_ATTRIBUTE_BYTES))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SaveOptions.defaults().withAttributes(Map.of("Upper", "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Clause({"M1", "S9"})
  default void recorded_checksums_come_with_the_metadata(TestDisk disk) throws Exception {
    byte[] content = Data.of(2, disk.chunkSize() + 5);
    disk.storage().save("f", Content.of(content), SaveOptions.defaults().withSha256());
    FileMetadata metadata = disk.storage().metadata("f");
    assertThat(metadata.checksum(ChecksumAlgorithm.SHA256)).contains(SaveContract.sha256(content));
    metadata
        .checksum(ChecksumAlgorithm.CRC32C)
        .ifPresent(crc -> assertThat(crc).isEqualTo(SaveContract.crc32c(content)));
    disk.save("f", "replaced");
    disk.storage()
        .metadata("f")
        .checksums()
        .forEach(
            checksum -> assertThat(checksum).isEqualTo(SaveContract.crc32c("replaced".getBytes())));
  }

  @Test
  @Clause({"M2", "S9"})
  default void a_disk_that_records_checksums_records_each(TestDisk disk) throws Exception {
    try (var manager = disk.open("\"record_checksum\":true")) {
      Storage storage = manager.disk(TestDisk.NAME);
      byte[] content = Data.of(3, disk.chunkSize() + 5);
      storage.save("f", Content.of(content));
      assertThat(storage.metadata("f").checksum(ChecksumAlgorithm.CRC32C))
          .contains(SaveContract.crc32c(content));
      storage.save("empty", Content.of(""));
      assertThat(storage.metadata("empty").checksum(ChecksumAlgorithm.CRC32C))
          .contains(SaveContract.crc32c(new byte[0]));
    }
  }
}
