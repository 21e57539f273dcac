package io.diskmap.testkit.contract;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.StoragePath;
import io.diskmap.testkit.data.SeededContent;
import java.nio.file.Path;

/** A process with little memory that streams a large file or lists many. Started by a contract. */
public final class Bounded {
  private Bounded() {}

  /** Arguments: the disk map's file, {@code stream} or {@code list}, and how much. */
  public static void main(String[] arguments) throws Exception {
    try (StorageManager manager = StorageManager.open(DiskMap.read(Path.of(arguments[0])))) {
      Storage storage = manager.disk(TestDisk.NAME);
      if (arguments[1].equals("stream")) {
        stream(storage, new SeededContent(1, Long.parseLong(arguments[2])));
      } else {
        list(storage);
      }
    }
  }

  private static void stream(Storage storage, SeededContent content) throws Exception {
    storage.save("large", Content.of(content.stream()));
    try (Download in = storage.download("large")) {
      content.assertEquals(in);
    }
    System.out.println("saved and read " + content.length());
  }

  private static void list(Storage storage) throws Exception {
    long count = 0;
    String last = "";
    try (Listing listing = storage.list("many")) {
      for (FileMetadata entry : listing) {
        String path = entry.path().value();
        if (StoragePath.compareUtf8(last, path) >= 0) {
          throw new AssertionError(path + " comes after " + last);
        }
        last = path;
        count++;
      }
    }
    System.out.println("listed " + count);
  }
}
