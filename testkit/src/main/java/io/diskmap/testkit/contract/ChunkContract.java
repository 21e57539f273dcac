package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** One chunk of a chunked save: checked, cut short, sent twice at the same time (S8, S9). */
public interface ChunkContract {
  private static void send(Upload upload, byte[] content) throws StorageException {
    upload.write(0, Content.of(new ByteArrayInputStream(content), content.length));
  }

  private static byte[] half(byte[] content) {
    return Arrays.copyOf(content, content.length / 2);
  }

  /** Gives the first half, then waits, then gives the second half. */
  private static InputStream inHalves(byte[] content, CountDownLatch begun, CountDownLatch go) {
    int half = content.length / 2;
    InputStream first = Sources.blockingAfter(half(content), begun, go);
    InputStream second = new ByteArrayInputStream(content, half, content.length - half);
    return new SequenceInputStream(first, second);
  }

  @Test
  @Clause({"S8", "S9"})
  default void a_chunk_with_another_checksum_than_expected_is_refused_and_can_be_sent_again(
      TestDisk disk) throws Exception {
    byte[] content = Data.of(31, disk.chunkSize());
    byte[] other = Data.of(32, disk.chunkSize());
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      for (var wrong : List.of(SaveContract.crc32c(other), SaveContract.sha256(other))) {
        assertThat(Failures.kindOf(() -> upload.write(0, Content.of(content), wrong)))
            .isEqualTo(ErrorKind.CHECKSUM_MISMATCH);
        assertThat(upload.received()).isEmpty();
      }
      for (var right : List.of(SaveContract.crc32c(content), SaveContract.sha256(content))) {
        upload.write(0, Content.of(content), right);
        assertThat(upload.received()).containsExactly(ByteRange.first(content.length));
      }
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void a_chunk_that_is_cut_short_leaves_the_one_that_is_staged_there(TestDisk disk)
      throws Exception {
    byte[] content = Data.of(33, disk.chunkSize());
    byte[] other = Data.of(34, disk.chunkSize());
    try (Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      send(upload, content);
      InputStream cut = Sources.failingAfter(half(other), new IOException("cut"));
      assertThat(Failures.kindOf(() -> upload.write(0, Content.of(cut, other.length))))
          .isEqualTo(ErrorKind.SOURCE_FAILED);
      InputStream ended = new ByteArrayInputStream(half(other));
      assertThat(Failures.kindOf(() -> upload.write(0, Content.of(ended, other.length))))
          .isEqualTo(ErrorKind.LENGTH_MISMATCH);
      assertThat(upload.received()).containsExactly(ByteRange.first(content.length));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void a_chunk_that_comes_twice_at_the_same_time_is_staged_once(TestDisk disk)
      throws Exception {
    byte[] content = Data.of(35, disk.chunkSize());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Race race = new Race(1);
        Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      InputStream slow = inHalves(content, begun, go);
      Future<?> first =
          race.begin(
              () -> {
                upload.write(0, Content.of(slow, content.length));
                return null;
              });
      begun.await();
      send(upload, content);
      go.countDown();
      first.get();
      assertThat(upload.received()).containsExactly(ByteRange.first(content.length));
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("S8")
  default void other_bytes_that_come_at_the_same_time_never_mix_with_a_chunk(TestDisk disk)
      throws Exception {
    byte[] content = Data.of(36, disk.chunkSize());
    byte[] other = Data.of(37, disk.chunkSize());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Race race = new Race(1);
        Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults())) {
      InputStream slow = inHalves(other, begun, go);
      Future<ErrorKind> first =
          race.begin(() -> Failures.kindOf(() -> upload.write(0, Content.of(slow, other.length))));
      begun.await();
      send(upload, content);
      go.countDown();
      assertThat(first.get()).isEqualTo(ErrorKind.PRECONDITION_FAILED);
      upload.commit(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }
}
