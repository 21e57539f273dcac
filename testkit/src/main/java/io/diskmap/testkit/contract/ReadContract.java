package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ByteRange;
import io.diskmap.Cancellation;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reading: ranges, one version to the end, channels, closing early (R1, R2, R5). */
public interface ReadContract {
  @Test
  @Clause("R1")
  default void every_range_gives_exactly_its_bytes(TestDisk disk) throws Exception {
    int large = 2 * disk.chunkSize() + 3;
    for (int size : new int[] {0, 1, 10, large}) {
      byte[] content = Data.of(size, size);
      disk.save("f", content);
      for (long a : new long[] {0, 1, 9, 10, size - 1L, size, size + 1L, large - 5L}) {
        if (a < 0) {
          continue;
        }
        requireRange(disk, content, ByteRange.from(a));
        requireRange(disk, content, ByteRange.first(a));
        requireRange(disk, content, ByteRange.last(a));
        for (long b : new long[] {0, 1, 100, size, Long.MAX_VALUE}) {
          requireRange(disk, content, ByteRange.of(a, b));
        }
      }
      requireRange(disk, content, ByteRange.all());
    }
  }

  private static void requireRange(TestDisk disk, byte[] content, ByteRange range)
      throws IOException {
    ByteRange inside = range.within(content.length);
    int start = (int) inside.offset();
    byte[] expected = Arrays.copyOfRange(content, start, start + (int) inside.length());
    try (Download in = disk.storage().download("f", range)) {
      assertThat(in.length()).as("length of %s", range).isEqualTo(expected.length);
      assertThat(in.metadata().size()).isEqualTo(content.length);
      assertThat(Arrays.equals(in.readAllBytes(), expected))
          .as("bytes of %s of a file of %d", range, content.length)
          .isTrue();
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  @Clause("R1")
  default void a_download_is_read_by_stream_skip_and_channel(TestDisk disk) throws Exception {
    byte[] content = Data.of(1, disk.chunkSize() + 500);
    disk.save("f", content);
    try (Download in = disk.storage().download("f")) {
      assertThat(in.read()).isEqualTo(content[0] & 0xFF);
      assertThat(in.skip(100)).isEqualTo(100);
      ByteBuffer three = ByteBuffer.allocate(3);
      while (three.hasRemaining()) {
        assertThat(in.channel().read(three)).isPositive();
      }
      assertThat(three.array()).isEqualTo(Arrays.copyOfRange(content, 101, 104));
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      assertThat(in.transferTo(rest)).isEqualTo(content.length - 104);
      assertThat(rest.toByteArray()).isEqualTo(Arrays.copyOfRange(content, 104, content.length));
    }
    try (Download in = disk.storage().download("f")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      assertThat(in.transferTo(Channels.newChannel(all))).isEqualTo(content.length);
      assertThat(all.toByteArray()).isEqualTo(content);
    }
  }

  @Test
  @Clause("R2")
  default void a_missing_file_is_not_found_by_every_call(TestDisk disk) throws Exception {
    disk.save("d/f", "x");
    Storage storage = disk.storage();
    for (String path : List.of("missing", "d", "d/f/g", "d/missing", "x/y/z")) {
      for (Failures.Action call :
          List.<Failures.Action>of(
              () -> storage.download(path),
              () -> storage.download(path, ByteRange.last(5)),
              () -> storage.downloadTo(path, disk.temp().resolve("t")),
              () -> storage.openChannel(path),
              () -> storage.metadata(path))) {
        assertThat(Failures.kindOf(call)).as(path).isEqualTo(ErrorKind.NOT_FOUND);
      }
      assertThat(storage.exists(path)).isFalse();
    }
    assertThat(storage.exists("d/f")).isTrue();
    assertThat(disk.temp().resolve("t")).doesNotExist();
    assertThat(disk.names("")).containsExactly("d/f");
  }

  @Test
  @Clause("R2")
  default void a_file_deleted_while_it_is_read_is_whole_or_an_error(TestDisk disk)
      throws Exception {
    byte[] content = Data.of(2, 4 * disk.chunkSize());
    for (boolean replaced : new boolean[] {false, true}) {
      disk.save("f", content);
      try (Download in = disk.storage().download("f")) {
        byte[] start = in.readNBytes(100);
        disk.writable().delete("f");
        if (replaced) {
          disk.save("f", Data.of(3, 4 * disk.chunkSize()));
        }
        try {
          assertThat(SaveContract.concat(start, in.readAllBytes())).isEqualTo(content);
        } catch (StorageException e) {
          assertThat(e.kind()).isEqualTo(ErrorKind.CHANGED_DURING_READ);
        }
      }
    }
  }

  @Test
  @Clause("R2")
  default void a_download_carries_the_metadata_of_the_version_it_reads(TestDisk disk)
      throws Exception {
    disk.save("f", "some text");
    FileMetadata now = disk.settled("f");
    try (Download in = disk.storage().download("f", ByteRange.of(2, 3))) {
      assertThat(in.metadata().size()).isEqualTo(9);
      assertThat(in.metadata().versionTag().value()).isEqualTo(now.versionTag().value());
      assertThat(in.metadata().modified()).isEqualTo(now.modified());
      assertThat(in.metadata().path().value()).isEqualTo("f");
      assertThat(in.range()).isEqualTo(ByteRange.of(2, 3));
    }
  }

  @Test
  @Clause({"R2", "M1"})
  default void a_download_on_condition_of_another_version_is_refused(TestDisk disk)
      throws Exception {
    disk.save("f", "one");
    VersionTag one = disk.tag("f");
    if (one.strong()) {
      try (Download in =
          disk.storage().download("f", DownloadOptions.defaults().withIfMatch(one))) {
        assertThat(new String(in.readAllBytes())).isEqualTo("one");
      }
    }
    disk.save("f", "two");
    DownloadOptions old = DownloadOptions.defaults().withIfMatch(one);
    assertThat(Failures.kindOf(() -> disk.storage().download("f", old)))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    VersionTag weak = VersionTag.weak(disk.settled("f").versionTag().value());
    assertThat(
            Failures.kindOf(
                () -> disk.storage().download("f", DownloadOptions.defaults().withIfMatch(weak))))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
  }

  @Test
  @Clause("R1")
  default void a_channel_seeks_anywhere_in_the_file(TestDisk disk) throws Exception {
    byte[] content = Data.of(4, 3 * disk.chunkSize() + 77);
    disk.save("f", content);
    Random random = new Random(4);
    try (SeekableByteChannel channel = disk.storage().openChannel("f")) {
      assertThat(channel.size()).isEqualTo(content.length);
      for (int i = 0; i < 60; i++) {
        int position = random.nextInt(content.length);
        int count = 1 + random.nextInt(Math.min(20_000, content.length - position));
        ByteBuffer target = ByteBuffer.allocate(count);
        channel.position(position);
        while (target.hasRemaining()) {
          assertThat(channel.read(target)).isPositive();
        }
        assertThat(channel.position()).isEqualTo(position + count);
        assertThat(target.array())
            .isEqualTo(Arrays.copyOfRange(content, position, position + count));
      }
      channel.position(content.length);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      channel.position(content.length + 1000L);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
          .isInstanceOf(NonWritableChannelException.class);
      assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(NonWritableChannelException.class);
    }
  }

  @Test
  @Clause({"R2", "S10"})
  default void a_channel_shows_one_version_or_says_that_it_changed(TestDisk disk) throws Exception {
    byte[] old = Data.of(5, 3 * disk.chunkSize());
    disk.save("f", old);
    disk.settled("f");
    SeekableByteChannel channel = disk.storage().openChannel("f");
    try (channel) {
      ByteBuffer first = ByteBuffer.allocate(100);
      channel.read(first);
      disk.save("f", Data.of(6, 3 * disk.chunkSize()));
      for (int position : new int[] {2 * disk.chunkSize(), 0, disk.chunkSize() + 1}) {
        ByteBuffer target = ByteBuffer.allocate(50);
        channel.position(position);
        try {
          while (target.hasRemaining()) {
            assertThat(channel.read(target)).isPositive();
          }
          assertThat(target.array()).isEqualTo(Arrays.copyOfRange(old, position, position + 50));
        } catch (StorageException e) {
          assertThat(e.kind()).isEqualTo(ErrorKind.CHANGED_DURING_READ);
        }
      }
    }
    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  @Clause({"R5", "Z1"})
  default void closing_early_returns_at_once_and_leaks_nothing(TestDisk disk) throws Exception {
    byte[] content = Data.of(7, 16 * 1024 * 1024);
    disk.save("f", content);
    long start = System.nanoTime();
    for (int i = 0; i < 40; i++) {
      try (Download in = disk.storage().download("f")) {
        assertThat(in.readNBytes(i * 10)).isEqualTo(Arrays.copyOf(content, i * 10));
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isLessThan(Duration.ofSeconds(60));
    assertThat(disk.manager().activeCalls()).isZero();
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause("R5")
  default void a_closed_download_gives_nothing_more(TestDisk disk) throws Exception {
    disk.save("f", "content");
    Download in = disk.storage().download("f");
    in.close();
    in.close();
    assertThat(Failures.kindOf(in::read)).isEqualTo(ErrorKind.CLOSED);
    assertThat(Failures.kindOf(() -> in.transferTo(new ByteArrayOutputStream())))
        .isEqualTo(ErrorKind.CLOSED);
    assertThat(in.channel().isOpen()).isFalse();
  }

  @Test
  @Clause({"E4", "R2"})
  default void a_cancelled_download_ends_with_an_error(TestDisk disk) throws Exception {
    disk.save("f", Data.of(8, 4 * disk.chunkSize()));
    Cancellation cancellation = Cancellation.create();
    try (Download in =
        disk.storage().download("f", DownloadOptions.defaults().withCancellation(cancellation))) {
      in.readNBytes(10);
      cancellation.cancel();
      assertThat(Failures.kindOf(in::readAllBytes)).isEqualTo(ErrorKind.CANCELLED);
    }
    assertThat(disk.bytes("f")).hasSize(4 * disk.chunkSize());
  }

  @Test
  @Clause("R2")
  default void many_threads_read_one_file_at_once(TestDisk disk) throws Exception {
    byte[] content = Data.of(9, 2 * disk.chunkSize() + 1);
    disk.save("f", content);
    try (Race race = new Race(8)) {
      race.round(
          number -> {
            for (int i = 0; i < 5; i++) {
              assertThat(disk.bytes("f")).isEqualTo(content);
            }
            return null;
          });
    }
  }
}
