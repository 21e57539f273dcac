package io.diskmap.testkit.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeededContentTest {
  private final SeededContent content = new SeededContent(7, 300_001);

  @Test
  void the_bytes_of_a_seed_never_change() {
    assertThat(HexFormat.of().formatHex(new SeededContent(1, 16).toByteArray()))
        .isEqualTo("78d7176db962cd832a22e2c396792890");
  }

  @Test
  void any_range_is_a_part_of_the_whole() throws IOException {
    byte[] whole = content.toByteArray();
    SeededBytes bytes = new SeededBytes(7);
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      int from = random.nextInt(whole.length);
      int count = random.nextInt(Math.min(70_000, whole.length - from));
      byte[] expected = Arrays.copyOfRange(whole, from, from + count);
      assertThat(content.range(from, count)).isEqualTo(expected);
      ByteBuffer heap = ByteBuffer.allocate(count + 5).position(3).limit(3 + count).slice();
      bytes.fill(from, heap);
      assertThat(heap.flip()).isEqualTo(ByteBuffer.wrap(expected));
      ByteBuffer direct = ByteBuffer.allocateDirect(count);
      bytes.fill(from, direct);
      assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(expected));
      assertThat(bytes.at(from)).isEqualTo(whole[from]);
    }
  }

  @Test
  void offsets_beyond_four_gibibytes_work() throws IOException {
    SeededContent large = new SeededContent(9, 5L << 30);
    long from = (4L << 30) + 3;
    SeededInputStream whole = large.stream();
    whole.skipNBytes(from);
    assertThat(whole.readNBytes(1000)).isEqualTo(large.range(from, 1000));
    assertThat(large.range(from, 8)).isNotEqualTo(large.range(3, 8));
    assertThat(large.stream(large.length() - 5, 5).readAllBytes()).hasSize(5);
    assertThat(whole.available()).isPositive();
  }

  @Test
  void a_stream_reads_byte_by_byte_and_again_from_its_mark() throws IOException {
    SeededInputStream in = content.stream(10, 100);
    byte[] expected = content.range(10, 100);
    for (int i = 0; i < 50; i++) {
      assertThat((byte) in.read()).isEqualTo(expected[i]);
    }
    in.mark(0);
    byte[] rest = in.readAllBytes();
    assertThat(rest).isEqualTo(Arrays.copyOfRange(expected, 50, 100));
    assertThat(in.read()).isEqualTo(-1);
    in.reset();
    assertThat(in.readAllBytes()).isEqualTo(rest);
  }

  @Test
  void seeds_differ_and_nothing_compresses() {
    byte[] one = new SeededContent(1, 100_000).toByteArray();
    byte[] two = new SeededContent(2, 100_000).toByteArray();
    assertThat(Arrays.mismatch(one, two)).isLessThan(4);
    Deflater deflater = new Deflater();
    deflater.setInput(one);
    deflater.finish();
    assertThat(deflater.deflate(new byte[200_000])).isGreaterThan(99_000);
    deflater.end();
  }

  @Test
  void the_right_content_passes_in_blocks_of_any_size(@TempDir Path directory) throws IOException {
    content.assertEquals(content.stream());
    content.assertEquals(content.writeTo(directory.resolve("file")));
    ContentCheck check = content.check(100, 1000);
    for (byte b : content.range(100, 1000)) {
      check.write(b);
    }
    check.assertComplete();
    ContentCheck inOne = content.check();
    inOne.write(content.toByteArray());
    inOne.assertComplete();
  }

  @Test
  void a_wrong_byte_is_found_where_it_is() {
    byte[] wrong = content.toByteArray();
    wrong[200_000] ^= 1;
    assertThatThrownBy(() -> content.assertEquals(new ByteArrayInputStream(wrong)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("offset 200000");
  }

  @Test
  void a_short_or_long_stream_is_found() {
    byte[] whole = content.toByteArray();
    InputStream tooShort = new ByteArrayInputStream(whole, 0, whole.length - 1);
    assertThatThrownBy(() -> content.assertEquals(tooShort))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("only 300000");
    InputStream tooLong = new ByteArrayInputStream(Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> content.assertEquals(tooLong))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("more than");
  }

  @Test
  void sums_are_those_of_the_bytes() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    CRC32C crc = new CRC32C();
    crc.update(out.toByteArray());
    assertThat(content.crc32c()).isEqualTo((int) crc.getValue());
    assertThat(content.sha256())
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(out.toByteArray()));
  }
}
