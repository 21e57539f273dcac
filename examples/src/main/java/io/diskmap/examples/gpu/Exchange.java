package io.diskmap.examples.gpu;

import io.diskmap.Content;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.client.WorkerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** How a worker gets its inputs and hands in its results. Used by one thread. */
public interface Exchange {
  /** An input as a local file, for the worker to delete. */
  Path fetch(String path) throws IOException;

  /** Hands in a result with what describes it; the local file is gone when it is there. */
  void handIn(String path, Path result, String data) throws IOException;

  /** Over a disk, whatever its driver. */
  static Exchange over(Storage disk, Path directory) {
    return new Exchange() {
      @Override
      public Path fetch(String path) throws IOException {
        String name = StoragePath.of(path).name();
        Path copy = directory.resolve("download_" + UUID.randomUUID() + "_" + name);
        disk.downloadTo(path, copy);
        return copy;
      }

      @Override
      public void handIn(String path, Path result, String data) throws IOException {
        disk.save("results/" + path, Content.of(result), SaveOptions.defaults());
        disk.save(
            "results/" + path + ".json",
            Content.of(data),
            SaveOptions.contentType("application/json"));
        Files.delete(result);
      }
    };
  }

  /** Over the calls {@code /api/v1/files/download} and {@code upload-result} of a server. */
  static Exchange over(WorkerClient client) {
    return new Exchange() {
      @Override
      public Path fetch(String path) throws IOException {
        return client.download(path);
      }

      @Override
      public void handIn(String path, Path result, String data) throws IOException {
        client.uploadResult(result, data);
      }
    };
  }
}
