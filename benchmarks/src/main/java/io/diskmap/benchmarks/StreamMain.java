package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.data.SeededInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Streams content of unknown length through a disk and back: disk map, disk, bytes. */
public final class StreamMain {
  private StreamMain() {}

  /** Prints what it moved; a difference is an exception. */
  public static void main(String[] arguments) throws IOException {
    long length = Long.parseLong(arguments[2]);
    SeededContent content = new SeededContent(42, length);
    try (StorageManager manager = StorageManager.open(DiskMap.parse(arguments[0]))) {
      Storage storage = manager.disk(arguments[1]);
      FileMetadata saved = storage.save("stream.bin", Content.of(content.stream()));
      if (saved.size() != length) {
        throw new IOException("saved " + saved.size() + " bytes");
      }
      compare(storage, content);
      storage.delete("stream.bin");
    }
    System.out.println("streamed " + length);
  }

  private static void compare(Storage storage, SeededContent content) throws IOException {
    byte[] mine = new byte[256 * 1024];
    byte[] theirs = new byte[256 * 1024];
    try (Download in = storage.download("stream.bin");
        SeededInputStream expected = content.stream()) {
      while (true) {
        int count = in.readNBytes(mine, 0, mine.length);
        int wanted = expected.readNBytes(theirs, 0, theirs.length);
        if (count != wanted || !Arrays.equals(mine, 0, count, theirs, 0, wanted)) {
          throw new IOException("the content differs");
        }
        if (count == 0) {
          return;
        }
      }
    }
  }
}
