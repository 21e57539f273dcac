package io.diskmap.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** rclone, a process for each task. Thread-safe. */
final class RclonePeer implements S3Peer {
  private final S3Endpoint endpoint;
  private final Path config;

  RclonePeer(S3Endpoint endpoint, Path directory) throws IOException {
    this.endpoint = endpoint;
    this.config = directory.resolve("rclone.conf");
    Files.writeString(
        config,
        """
        [s3]
        type = s3
        provider = Ceph
        endpoint = %s
        access_key_id = %s
        secret_access_key = %s
        region = us-east-1
        upload_concurrency = 8
        chunk_size = 8Mi
        no_check_bucket = true
        """
            .formatted(endpoint.uri(), endpoint.accessKey(), endpoint.secretKey()));
  }

  @Override
  public String name() {
    return "rclone, with its start";
  }

  @Override
  public void upload(Path source, String key) throws Exception {
    rclone("copyto", "--s3-disable-checksum", source.toString(), remote(key));
  }

  @Override
  public void download(String key, Path target) throws Exception {
    Files.deleteIfExists(target);
    rclone("copyto", remote(key), target.toString());
  }

  /** Copies a directory's files, 16 at once. */
  void copy(Path directory, String prefix) throws Exception {
    rclone("copy", "--transfers", "16", "--checkers", "16", directory.toString(), remote(prefix));
  }

  @Override
  public void put(String key, byte[] content) {
    throw new IllegalStateException("a process for each small file measures nothing; see copy");
  }

  @Override
  public long list(String prefix) throws Exception {
    rclone("lsf", "-R", "--fast-list", "--files-only", remote(prefix));
    return -1;
  }

  @Override
  public void delete(String prefix) throws Exception {
    rclone("purge", "--checkers", "16", remote(prefix));
  }

  private String remote(String key) {
    return "s3:" + endpoint.bucket() + "/" + key;
  }

  private void rclone(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "env",
            "-u",
            "AWS_CA_BUNDLE",
            "rclone",
            "--config",
            config.toString(),
            "--no-check-certificate",
            "-q"));
    command.addAll(List.of(arguments));
    Shell.run(command.toArray(String[]::new));
  }

  @Override
  public void close() {}
}
