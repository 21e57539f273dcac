package io.diskmap.examples.sftp;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A worker of a task queue: takes each input that has no result yet, works on it with a model, and
 * saves the result. For one thread.
 *
 * <p>It knows two disks by name, {@code models} and {@code workspace}; where they are says the disk
 * map.
 */
public final class SftpWorker {
  private final Storage models;
  private final Storage workspace;

  /** A worker on the disks of a manager. */
  public SftpWorker(StorageManager storages) throws StorageException {
    this.models = storages.disk("models");
    this.workspace = storages.disk("workspace");
  }

  /**
   * Works through the inputs below {@code inputs} and answers how many results it has saved.
   *
   * <p>A run that is cut short is repeated as a whole: what has a result is passed over.
   */
  public int workOnce(Path cache) throws IOException {
    Path model = cache.resolve("ocr.bin");
    models.downloadTo("ocr.bin", model);
    List<String> inputs = new ArrayList<>();
    try (Listing listing = workspace.list("inputs", ListOptions.defaults())) {
      for (FileMetadata file : listing) {
        inputs.add(file.path().value());
      }
    }
    int saved = 0;
    for (String input : inputs) {
      String result = "results/" + input.substring("inputs/".length()) + ".txt";
      if (!workspace.exists(result)) {
        workspace.save(result, Content.of(work(model, input)), SaveOptions.ifAbsent());
        saved++;
      }
    }
    return saved;
  }

  /** Stands for the real work: sums model and input. */
  private String work(Path model, String input) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(Files.readAllBytes(model));
    byte[] block = new byte[64 * 1024];
    try (Download in = workspace.download(input)) {
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        sum.update(block, 0, count);
      }
    }
    return Long.toHexString(sum.getValue());
  }

  /**
   * Runs one round with the disk map in a file, the first argument; the second is a directory to
   * work in.
   */
  public static void main(String[] arguments) throws IOException {
    DiskMap map = DiskMap.parse(Files.readString(Path.of(arguments[0])));
    try (StorageManager storages = StorageManager.open(map)) {
      System.out.println(new SftpWorker(storages).workOnce(Path.of(arguments[1])) + " results");
    } catch (StorageException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
