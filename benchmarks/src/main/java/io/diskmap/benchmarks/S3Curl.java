package io.diskmap.benchmarks;

import io.diskmap.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * curl with presigned URLs, a process for each task: what the server itself allows, as next to
 * nothing is left of a client. For one thread.
 */
final class S3Curl {
  private static final Duration VALID = Duration.ofHours(12);

  private final Storage storage;
  private final Path directory;

  S3Curl(Storage storage, Path directory) {
    this.storage = storage;
    this.directory = directory;
  }

  /** Downloads into a file. */
  void download(String key, Path target) throws Exception {
    String url = storage.presignDownload(key, VALID).url().toString();
    Shell.run("curl", "-sS", "-f", "-o", target.toString(), url);
  }

  /** The saves of many small objects with one content, signed beforehand; 16 at once. */
  Duel.Step puts(String prefix, int count, byte[] content) throws Exception {
    Path file = directory.resolve("small.bin");
    Files.write(file, content);
    StringBuilder orders = new StringBuilder("silent\nshow-error\nfail\n");
    for (int i = 0; i < count; i++) {
      String url = storage.presignUpload(prefix + "/" + i, VALID).url().toString();
      orders.append("url = \"").append(url).append("\"\n");
      orders.append("upload-file = \"").append(file).append("\"\n");
      orders.append("output = \"/dev/null\"\n");
    }
    Path list = directory.resolve("small.curl");
    Files.writeString(list, orders);
    String log = directory.resolve("small.log").toString();
    return () ->
        Shell.run(
            "curl", "--stderr", log, "--parallel", "--parallel-max", "16", "-K", list.toString());
  }
}
