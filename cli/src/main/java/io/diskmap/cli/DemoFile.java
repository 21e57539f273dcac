package io.diskmap.cli;

import io.diskmap.Content;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.function.Supplier;

/**
 * One file of the demonstration: its content can be had again and again. Immutable.
 *
 * @param path where it is saved, below the prefix of the demonstration
 * @param length how many bytes it has
 * @param opener gives the bytes afresh
 */
record DemoFile(String path, long length, Supplier<InputStream> opener) {
  /** A file with these bytes. */
  static DemoFile of(String path, byte[] bytes) {
    return new DemoFile(path, bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** A file with as many bytes of a generator. */
  static DemoFile generated(String path, long length, long seed) {
    return new DemoFile(path, length, () -> new GeneratedStream(seed, length));
  }

  /** The content, which a failed attempt may open again. */
  Content content() {
    return Content.of(opener::get, length);
  }
}
