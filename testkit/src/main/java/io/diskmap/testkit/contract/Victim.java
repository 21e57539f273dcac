package io.diskmap.testkit.contract;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process that saves until it is killed, and says on its standard output how far it is. Started
 * by {@link Victims}; the first argument is the file of the disk map.
 *
 * <p>It prints {@code ready}, then obeys one command a line: {@code upload PATH SEED LENGTH
 * WRITERS}, {@code save PATH SEED LENGTH} and {@code put PATH SEED LENGTH}.
 */
public final class Victim {
  private Victim() {}

  /** Serves commands until its input ends. */
  public static void main(String[] arguments) throws Exception {
    try (StorageManager manager = StorageManager.open(DiskMap.read(Path.of(arguments[0])))) {
      Storage storage = manager.disk(TestDisk.NAME);
      storage.exists("warm-up");
      System.out.println("ready");
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line; (line = commands.readLine()) != null; ) {
        obey(storage, line.split(" "));
        System.out.println("done");
      }
    }
  }

  private static void obey(Storage storage, String[] command) throws Exception {
    SeededContent content =
        new SeededContent(Long.parseLong(command[2]), Long.parseLong(command[3]));
    SaveOptions options = SaveOptions.defaults().withAttributes(Map.of("seed", command[2]));
    switch (command[0]) {
      case "upload" -> upload(storage, command[1], options, content, Integer.parseInt(command[4]));
      case "save" -> {
        System.out.println("begin");
        storage.save(command[1], Content.of(new Telling(content.stream())), options);
      }
      case "put" -> {
        System.out.println("begin");
        storage.save(command[1], Content.of(content.toByteArray()), options);
      }
      default -> throw new IllegalArgumentException(command[0]);
    }
  }

  private static void upload(
      Storage storage, String path, SaveOptions options, SeededContent content, int writers)
      throws Exception {
    Upload upload = storage.beginUpload(path, options);
    System.out.println("id " + upload.id());
    int size = upload.chunkSize();
    int chunks = (int) ((content.length() + size - 1) / size);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < chunks; i++) {
        int chunk = i;
        tasks.add(
            () -> {
              long offset = (long) chunk * size;
              int length = (int) Math.min(size, content.length() - offset);
              System.out.println("begin " + chunk);
              upload.write(offset, ByteBuffer.wrap(content.range(offset, length)));
              System.out.println("sent " + chunk);
              return null;
            });
      }
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } finally {
      threads.shutdown();
    }
    System.out.println("commit");
    upload.commit(content.length());
  }

  /** A source that tells of every 64 KiB that are read from it. */
  private static final class Telling extends java.io.FilterInputStream {
    private long count;

    Telling(java.io.InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws java.io.IOException {
      int read = super.read(target, offset, Math.min(length, 64 * 1024));
      if (read > 0) {
        System.out.println("begin " + count++);
      }
      return read;
    }
  }
}
