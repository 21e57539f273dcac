package io.diskmap.nfs.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Encoding and decoding on the byte layouts of RFC 4506. */
class XdrTest {
  private static final HexFormat HEX = HexFormat.of();

  private static XdrReader reader(String hex) {
    return new XdrReader(ByteBuffer.wrap(HEX.parseHex(hex.replace(" ", ""))));
  }

  private static String written(XdrWriter writer) {
    return HEX.formatHex(writer.toByteArray());
  }

  @Test
  void integers_are_big_endian_and_four_bytes_wide() {
    assertThat(written(new XdrWriter().int32(259).int32(-1))).isEqualTo("00000103ffffffff");
    assertThat(written(new XdrWriter().int64(0x0102030405060708L))).isEqualTo("0102030405060708");
    assertThat(written(new XdrWriter().bool(true).bool(false))).isEqualTo("0000000100000000");
  }

  @Test
  void opaque_bytes_are_padded_with_zeros_to_four() {
    assertThat(written(new XdrWriter().text("sillyprog")))
        .isEqualTo("0000000973696c6c7970726f67000000");
    assertThat(written(new XdrWriter().opaque(new byte[] {1, 2, 3, 4})))
        .isEqualTo("0000000401020304");
    assertThat(written(new XdrWriter().fixed(new byte[] {7}))).isEqualTo("07000000");
  }

  @Test
  void a_large_payload_is_a_part_of_its_own_and_is_padded() {
    byte[] bytes = new byte[1001];
    new Random(1).nextBytes(bytes);
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    XdrWriter writer = new XdrWriter().int32(5).payload(payload).int32(6);
    List<ByteBuffer> parts = writer.parts();
    assertThat(parts).hasSize(3);
    assertThat(parts.get(1).array()).isSameAs(bytes);
    assertThat(parts.get(2).remaining()).isEqualTo(3 + 4);
    assertThat(payload.remaining()).isEqualTo(1001);
  }

  @Test
  void what_was_written_is_read() throws Exception {
    byte[] bytes =
        new XdrWriter().int32(-5).int64(1L << 40).bool(true).text("é").ints(1, 2).toByteArray();
    XdrReader in = new XdrReader(ByteBuffer.wrap(bytes));
    assertThat(in.int32()).isEqualTo(-5);
    assertThat(in.int64()).isEqualTo(1L << 40);
    assertThat(in.bool()).isTrue();
    assertThat(in.text(10)).isEqualTo("é");
    assertThat(in.ints(2)).containsExactly(1, 2);
    assertThat(in.remaining()).isZero();
  }

  @Test
  void a_length_beyond_its_limit_is_refused_before_anything_is_allocated() {
    assertThatThrownBy(() -> reader("7fffffff").opaque(Integer.MAX_VALUE))
        .isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> reader("ffffffff 00").opaque(100)).isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> reader("00000005 0102030405000000").opaque(4))
        .isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> reader("10000000 00000000").ints(Integer.MAX_VALUE))
        .isInstanceOf(XdrException.class);
  }

  @Test
  void a_message_that_ends_early_is_refused() {
    assertThatThrownBy(() -> reader("000001").int32()).isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> reader("00000004 010203").opaque(10)).isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> reader("00000003 010203").opaque(10))
        .as("the padding is missing")
        .isInstanceOf(XdrException.class);
  }

  @Test
  void a_boolean_is_nought_or_one() {
    assertThatThrownBy(() -> reader("00000002").bool()).isInstanceOf(XdrException.class);
  }
}
