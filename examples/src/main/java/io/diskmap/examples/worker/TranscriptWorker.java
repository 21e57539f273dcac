package io.diskmap.examples.worker;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A worker that counts the words of every text below {@code inbox} and saves a report beside each,
 * below {@code results}. It says {@code workspace} and knows no protocol. For one thread.
 */
public final class TranscriptWorker {
  private final Storage workspace;

  /** A worker on this workspace. */
  public TranscriptWorker(Storage workspace) {
    this.workspace = workspace;
  }

  /** Runs once over the workspace of the environment: {@code STORAGE_CONFIG} names the disk map. */
  public static void main(String[] arguments) throws IOException {
    try (StorageManager storages = StorageManager.fromEnvironment()) {
      System.out.println("reports: " + new TranscriptWorker(storages.workspace()).run());
    }
  }

  /** Makes a report for each text and answers how many. */
  public int run() throws IOException {
    int count = 0;
    try (Listing texts = workspace.list("inbox")) {
      for (FileMetadata text : texts) {
        report(text);
        count++;
      }
    }
    return count;
  }

  private void report(FileMetadata text) throws IOException {
    long words = 0;
    try (Download in = workspace.download(text.path().value());
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        words += line.isBlank() ? 0 : line.strip().split("\\s+").length;
      }
    }
    save("results/" + text.path().name() + ".json", "{\"words\":" + words + "}");
  }

  private void save(String path, String json) throws StorageException {
    workspace.save(path, Content.of(json), SaveOptions.contentType("application/json"));
  }
}
