package io.diskmap.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.opendal.ListOptions;
import org.apache.opendal.Operator;

/** Apache OpenDAL by its binding for Java. Thread-safe. */
final class OpenDalPeer implements S3Peer {
  private static final int BLOCK = 8 << 20;

  private final Operator operator;

  OpenDalPeer(S3Endpoint endpoint) {
    this.operator =
        Operator.of(
            "s3",
            Map.of(
                "endpoint", endpoint.uri().toString(),
                "bucket", endpoint.bucket(),
                "region", "us-east-1",
                "access_key_id", endpoint.accessKey(),
                "secret_access_key", endpoint.secretKey(),
                "disable_config_load", "true"));
  }

  @Override
  public String name() {
    return "OpenDAL";
  }

  @Override
  public void upload(Path source, String key) throws IOException {
    try (InputStream in = Files.newInputStream(source);
        OutputStream out = operator.createOutputStream(key, BLOCK)) {
      byte[] block = new byte[BLOCK];
      int count;
      while ((count = in.readNBytes(block, 0, BLOCK)) > 0) {
        out.write(block, 0, count);
      }
    }
  }

  @Override
  public void download(String key, Path target) throws IOException {
    try (InputStream in = operator.createInputStream(key);
        OutputStream out = Files.newOutputStream(target)) {
      byte[] block = new byte[1 << 20];
      int count;
      while ((count = in.read(block)) > 0) {
        out.write(block, 0, count);
      }
    }
  }

  @Override
  public void put(String key, byte[] content) {
    operator.write(key, content);
  }

  @Override
  public long list(String prefix) {
    return operator.list(prefix, ListOptions.builder().recursive(true).build()).size();
  }

  @Override
  public void delete(String prefix) {
    operator.removeAll(prefix);
  }

  @Override
  public void close() {
    operator.close();
  }
}
