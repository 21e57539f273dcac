package io.diskmap.examples.gpu;

import io.diskmap.StorageManager;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A worker on another machine: fetches a video, works on it, hands in the result, and deletes its
 * local files once the result is there. For one thread.
 *
 * <p>What it does to a video is counting its zero bytes; a real one would call the GPU there.
 */
public final class GpuWorker {
  private static final Duration SWEEP_AGE = Duration.ofHours(24);

  private final Exchange exchange;
  private final Path directory;

  /** A worker with its own directory for local files; what is old there is deleted now. */
  public GpuWorker(Exchange exchange, Path directory) throws IOException {
    this.exchange = exchange;
    this.directory = directory;
    sweep();
  }

  /** Works on the inputs that the arguments name, over the workspace of the environment. */
  public static void main(String[] inputs) throws IOException {
    Path directory = Files.createDirectories(Path.of("worker-files"));
    try (StorageManager storages = StorageManager.fromEnvironment()) {
      GpuWorker worker = new GpuWorker(Exchange.over(storages.workspace(), directory), directory);
      for (String input : inputs) {
        worker.process(input);
        System.out.println("done: " + input);
      }
    }
  }

  /** Works on one input; after a failure its local files stay until they are swept. */
  public void process(String path) throws IOException {
    Path input = exchange.fetch(path);
    Path result = Files.createTempFile(directory, "download_result_", ".txt");
    long zeros = zeros(input);
    Files.writeString(result, zeros + " zero bytes\n");
    exchange.handIn(path, result, "{\"zeros\":" + zeros + "}");
    Files.delete(input);
  }

  private static long zeros(Path input) throws IOException {
    long zeros = 0;
    byte[] block = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(input)) {
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        for (int i = 0; i < count; i++) {
          zeros += block[i] == 0 ? 1 : 0;
        }
      }
    }
    return zeros;
  }

  private void sweep() throws IOException {
    Instant oldest = Instant.now().minus(SWEEP_AGE);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "download_*")) {
      for (Path file : files) {
        Instant modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
        if (modified.isBefore(oldest)) {
          Files.delete(file);
        }
      }
    }
  }
}
