package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.StoragePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class S3ReorderTest {
  private static final String[] PARTS = {
    "a",
    "b",
    "/",
    "\uFFFD",
    "\uE100",
    Character.toString(0x1F600),
    Character.toString(0x10FFFF),
    "z"
  };

  @Test
  void any_set_of_keys_comes_out_in_the_order_of_utf8() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      TreeSet<String> keys = new TreeSet<>();
      for (int i = 0; i < 30; i++) {
        StringBuilder key = new StringBuilder();
        for (int part = 0; part <= random.nextInt(5); part++) {
          key.append(PARTS[random.nextInt(PARTS.length)]);
        }
        keys.add(key.toString());
      }
      S3Reorder<String> reorder = new S3Reorder<>(key -> key);
      List<String> out = new ArrayList<>();
      for (String key : keys) {
        reorder.add(key);
        drain(reorder, out);
      }
      reorder.end();
      drain(reorder, out);
      assertThat(out).hasSameSizeAs(keys).isSortedAccordingTo(StoragePath::compareUtf8);
    }
  }

  @Test
  void plain_names_pass_at_once() {
    S3Reorder<String> reorder = new S3Reorder<>(key -> key);
    reorder.add("a");
    assertThat(reorder.poll()).isEqualTo("a");
    reorder.add("b\uFFFD");
    assertThat(reorder.poll()).isNull();
    reorder.add("c");
    assertThat(reorder.poll()).isEqualTo("b\uFFFD");
    assertThat(reorder.poll()).isEqualTo("c");
  }

  private static void drain(S3Reorder<String> reorder, List<String> out) {
    for (String next = reorder.poll(); next != null; next = reorder.poll()) {
      out.add(next);
    }
  }
}
