package io.diskmap.benchmarks;

import java.nio.file.Path;

/** Another client of a bucket. For many threads at once. */
interface S3Peer extends AutoCloseable {
  /** What the tables call it. */
  String name();

  /** Uploads a file in the way that the client is best at. */
  void upload(Path source, String key) throws Exception;

  /** Downloads into a file. */
  void download(String key, Path target) throws Exception;

  /** Stores one small object. */
  void put(String key, byte[] content) throws Exception;

  /** Counts what is below a prefix. */
  long list(String prefix) throws Exception;

  /** Deletes what is below a prefix. */
  void delete(String prefix) throws Exception;

  @Override
  void close();
}
