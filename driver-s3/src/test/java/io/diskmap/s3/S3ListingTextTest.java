package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class S3ListingTextTest {
  @Test
  void what_xml_does_not_know_is_replaced_in_reads_of_every_length() throws IOException {
    String text = "a\uFFFE\uFFFF\uFFFD\uFEFFé\uEFBF\uD83D\uDE00\uFFFEz";
    String expected = text.replace('\uFFFE', '\uFFFD').replace('\uFFFF', '\uFFFD');
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int length = 1; length <= bytes.length; length++) {
      S3ListingText in = new S3ListingText(new ByteArrayInputStream(bytes));
      byte[] read = new byte[bytes.length];
      int at = 0;
      for (int count; at < read.length; at += count) {
        count = in.read(read, at, Math.min(length, read.length - at));
        assertThat(count).isPositive();
      }
      assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(expected);
    }
    S3ListingText in = new S3ListingText(new ByteArrayInputStream(bytes));
    StringBuilder single = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      single.append((char) next);
    }
    assertThat(
            new String(
                single.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .isEqualTo(expected);
  }
}
