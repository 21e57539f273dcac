package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Progress;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Saving: all or nothing, several savers, durability and checksums (S1, S4 to S6, S9, S10). */
public interface SaveContract {
  @Test
  @Clause("S1")
  default void content_of_any_size_comes_back_byte_for_byte(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    for (int size :
        new int[] {0, 1, 255, 4096, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 7}) {
      byte[] content = Data.of(size, size);
      FileMetadata known = disk.save("known", content);
      FileMetadata unknown = disk.storage().save("unknown", Sources.unknownLength(content));
      assertThat(known.size()).isEqualTo(size);
      assertThat(unknown.size()).isEqualTo(size);
      assertThat(disk.bytes("known")).as("known length %d", size).isEqualTo(content);
      assertThat(disk.bytes("unknown")).as("unknown length %d", size).isEqualTo(content);
    }
  }

  @Test
  @Clause("S1")
  default void every_kind_of_content_is_saved(TestDisk disk) throws Exception {
    byte[] bytes = Data.of(1, 100_000);
    Path file = disk.temp().resolve("source");
    Files.write(file, bytes);
    disk.storage().save("file", Content.of(file));
    disk.storage().save("bytes", Content.of(bytes));
    disk.storage().save("buffer", Content.of(ByteBuffer.wrap(bytes)));
    disk.storage().save("stream", Content.of(new ByteArrayInputStream(bytes)));
    disk.storage().save("sized", Content.of(new ByteArrayInputStream(bytes), bytes.length));
    disk.storage().save("again", Content.of(() -> new ByteArrayInputStream(bytes), bytes.length));
    disk.storage().write("written", SaveOptions.defaults(), out -> out.write(bytes));
    for (String name : List.of("file", "bytes", "buffer", "stream", "sized", "again", "written")) {
      assertThat(disk.bytes(name)).as(name).isEqualTo(bytes);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  @Clause("S1")
  default void a_short_read_of_the_source_is_no_end(TestDisk disk) throws Exception {
    byte[] bytes = Data.of(2, disk.chunkSize() + 1000);
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 777));
          }
        };
    disk.storage().save("f", Content.of(slow));
    assertThat(disk.bytes("f")).isEqualTo(bytes);
  }

  @Test
  @Clause("S1")
  default void a_save_on_its_way_is_seen_by_nobody(TestDisk disk) throws Exception {
    byte[] bytes = Data.of(3, 3 * disk.chunkSize() + 5);
    disk.save("d/old", "old");
    for (String path : List.of("d/new", "d/old")) {
      AtomicInteger looks = new AtomicInteger();
      InputStream source =
          Sources.then(
              bytes,
              () -> {
                looks.incrementAndGet();
                assertThat(disk.storage().exists("d/new")).isFalse();
                assertThat(disk.names("")).containsExactly("d/old");
                assertThat(disk.storage().usage("").bytes()).isEqualTo(3);
                assertThat(disk.text("d/old")).isEqualTo("old");
              });
      disk.storage().save(path, Content.of(source));
      assertThat(looks).hasValue(1);
      assertThat(disk.bytes(path)).isEqualTo(bytes);
      disk.storage().delete("d/new");
      disk.save("d/old", "old");
    }
  }

  @Test
  @Clause({"S1:replace", "R2"})
  default void readers_see_the_whole_old_file_or_the_whole_new_one(TestDisk disk) throws Exception {
    int size = Math.max(disk.chunkSize(), 256 * 1024) + 1234;
    disk.save("f", filled(0, size));
    AtomicInteger whole = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(3)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(race.begin(() -> readWhole(disk, size, whole, done)));
      }
      for (int round = 1; round <= 60 || whole.get() < 300; round++) {
        disk.save("f", filled(round, size));
        if (readers.stream().anyMatch(Future::isDone)) {
          break;
        }
      }
      done.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }

  private static byte[] filled(int value, int size) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static Void readWhole(TestDisk disk, int size, AtomicInteger whole, AtomicBoolean done)
      throws Exception {
    while (!done.get()) {
      try {
        assertThat(disk.storage().exists("f")).isTrue();
        byte[] bytes = disk.bytes("f");
        assertThat(bytes).hasSize(size);
        for (byte b : bytes) {
          if (b != bytes[0]) {
            throw new AssertionError("A reader saw a mix of two versions.");
          }
        }
        whole.incrementAndGet();
      } catch (StorageException e) {
        if (e.kind() != ErrorKind.CHANGED_DURING_READ) {
          throw e;
        }
        whole.incrementAndGet();
      }
    }
    return null;
  }

  @Test
  @Clause("S1")
  default void listings_never_show_a_staged_name_while_savers_work(TestDisk disk) throws Exception {
    AtomicInteger listings = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    byte[] content = Data.of(4, disk.chunkSize() + 1);
    try (Upload open = disk.storage().beginUpload("d/f0", SaveOptions.defaults())) {
      open.write(0, TestDisk.chunk(content, open.chunkSize(), 0));
      assertThat(disk.names("")).isEmpty();
    }
    try (Race race = new Race(2)) {
      Future<?> lister =
          race.begin(
              () -> {
                while (!done.get()) {
                  for (String name : disk.names("")) {
                    assertThat(name).matches("d/f[0-9]");
                  }
                  listings.incrementAndGet();
                }
                return null;
              });
      for (int i = 0; i < 40 || (listings.get() < 200 && !lister.isDone()); i++) {
        disk.save("d/f" + i % 10, content);
      }
      done.set(true);
      lister.get();
    }
  }

  @Test
  @Clause("S4")
  default void a_stream_of_unknown_length_is_saved_in_bounded_memory(TestDisk disk)
      throws Exception {
    SeededContent content = new SeededContent(5, 48L * 1024 * 1024 + 11);
    AtomicLong most = new AtomicLong();
    InputStream watched =
        new FilterInputStream(content.stream()) {
          @Override
          public int read(byte[] target, int offset, int count) throws IOException {
            most.accumulateAndGet(disk.manager().bufferedBytes(), Math::max);
            return super.read(target, offset, count);
          }
        };
    assertThat(disk.storage().save("big", Content.of(watched)).size()).isEqualTo(content.length());
    assertThat(most.get()).isPositive().isLessThanOrEqualTo(64L * 1024 * 1024);
    try (Download in = disk.storage().download("big")) {
      content.assertEquals(in);
    }
  }

  @Test
  @Clause("S5")
  default void of_several_savers_at_once_one_wins_whole(TestDisk disk) throws Exception {
    int size = 2 * disk.chunkSize() + 99;
    try (Race race = new Race(6)) {
      for (int round = 0; round < 6; round++) {
        int base = round * 10;
        race.round(number -> disk.save("f", filled(base + number, size)));
        byte[] winner = disk.bytes("f");
        assertThat(winner).isEqualTo(filled(winner[0], size));
        assertThat(winner[0]).isBetween((byte) base, (byte) (base + 5));
        assertThat(disk.names("")).containsExactly("f");
      }
    }
  }

  @Test
  @Clause("S5")
  default void savers_of_different_files_do_not_disturb_each_other(TestDisk disk) throws Exception {
    try (Race race = new Race(8)) {
      race.round(
          number -> {
            for (int i = 0; i < 10; i++) {
              disk.save("d" + i + "/f" + number, Data.of(number * 100L + i, 10_000 + i));
            }
            return null;
          });
    }
    for (int number = 0; number < 8; number++) {
      for (int i = 0; i < 10; i++) {
        assertThat(disk.bytes("d" + i + "/f" + number))
            .isEqualTo(Data.of(number * 100L + i, 10_000 + i));
      }
    }
    assertThat(disk.names("")).hasSize(80);
  }

  @Test
  @Clause("S6:content")
  default void the_disk_promises_durable_content(TestDisk disk) throws Exception {
    assertThat(disk.capabilities().durability()).isGreaterThanOrEqualTo(Durability.CONTENT);
    disk.storage()
        .save("f", Content.of("x"), SaveOptions.defaults().withDurability(Durability.CONTENT));
    assertThat(disk.text("f")).isEqualTo("x");
  }

  @Test
  @Clause("S6:name")
  default void the_disk_promises_durable_names(TestDisk disk) throws Exception {
    assertThat(disk.capabilities().durability()).isEqualTo(Durability.NAME);
    disk.storage()
        .save("f", Content.of("x"), SaveOptions.defaults().withDurability(Durability.NAME));
    assertThat(disk.text("f")).isEqualTo("x");
  }

  @Test
  @Clause("S6")
  default void a_promise_that_the_disk_cannot_keep_is_refused(TestDisk disk) throws Exception {
    Durability most = disk.capabilities().durability();
    for (Durability asked : Durability.values()) {
      SaveOptions options = SaveOptions.defaults().withDurability(asked);
      if (asked.compareTo(most) > 0) {
        assertThat(Failures.kindOf(() -> disk.storage().save("f", Content.of("x"), options)))
            .isEqualTo(ErrorKind.UNSUPPORTED);
      } else {
        disk.storage().save("f" + asked, Content.of("x"), options);
      }
    }
    assertThat(disk.storage().exists("f")).isFalse();
  }

  @Test
  @Clause("S9")
  default void a_save_answers_with_the_checksums_of_what_it_saved(TestDisk disk) throws Exception {
    for (int size : new int[] {0, 9, disk.chunkSize() + 1, 3 * disk.chunkSize()}) {
      byte[] content = Data.of(size + 1L, size);
      FileMetadata saved =
          disk.storage().save("f", Content.of(content), SaveOptions.defaults().withSha256());
      assertThat(saved.checksum(ChecksumAlgorithm.CRC32C)).contains(crc32c(content));
      assertThat(saved.checksum(ChecksumAlgorithm.SHA256)).contains(sha256(content));
      assertThat(disk.storage().metadata("f").checksum(ChecksumAlgorithm.SHA256))
          .as("kept with the file")
          .contains(sha256(content));
    }
  }

  /** The CRC-32C of bytes by the platform's own means. */
  static Checksum crc32c(byte[] content) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(content);
    return Checksum.crc32c((int) crc.getValue());
  }

  /** The SHA-256 of bytes by the platform's own means. */
  static Checksum sha256(byte[] content) throws Exception {
    return Checksum.sha256(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
  }

  @Test
  @Clause("S10")
  default void a_reader_keeps_the_old_content_through_a_save(TestDisk disk) throws Exception {
    byte[] old = Data.of(6, 2 * disk.chunkSize() + 100);
    disk.save("f", old);
    try (Download in = disk.storage().download("f")) {
      byte[] start = in.readNBytes(1000);
      disk.save("f", "new");
      assertThat(disk.text("f")).isEqualTo("new");
      byte[] rest = in.readAllBytes();
      assertThat(concat(start, rest)).isEqualTo(old);
    }
    assertThat(disk.text("f")).isEqualTo("new");
  }

  @Test
  @Clause("S10")
  default void many_open_readers_each_keep_their_own_version(TestDisk disk) throws Exception {
    List<Download> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        disk.save("f", Data.of(i, 5000));
        open.add(disk.storage().download("f"));
      }
      for (int i = 0; i < 5; i++) {
        assertThat(open.get(i).readAllBytes()).isEqualTo(Data.of(i, 5000));
      }
    } finally {
      for (Download in : open) {
        in.close();
      }
    }
  }

  /** Two arrays as one. */
  static byte[] concat(byte[] first, byte[] second) {
    byte[] all = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  @Clause("S1")
  default void progress_never_runs_back_and_ends_with_the_whole(TestDisk disk) throws Exception {
    List<Progress> seen = new ArrayList<>();
    byte[] content = Data.of(7, 2 * disk.chunkSize());
    disk.storage().save("f", Content.of(content), SaveOptions.defaults().withProgress(seen::add));
    assertThat(seen).isNotEmpty();
    assertThat(seen).extracting(Progress::bytes).isSorted();
    assertThat(seen.get(seen.size() - 1))
        .isEqualTo(new Progress(content.length, OptionalLong.of(content.length)));
  }
}
