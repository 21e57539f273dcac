package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;

/** One answer of the store as a reader: the version is the one that it began to send. */
final class S3Reader implements StorageReader {
  private final FileMetadata metadata;
  private final ByteRange range;
  private final S3Stream stream;

  S3Reader(FileMetadata metadata, ByteRange range, S3Stream stream) {
    this.metadata = metadata;
    this.range = range;
    this.stream = stream;
  }

  @Override
  public FileMetadata metadata() {
    return metadata;
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    return stream.read(target);
  }

  @Override
  public void close() {
    stream.close();
  }
}
