package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;

/** A range without a byte, which no store can be asked for. Immutable. */
record S3EmptyReader(FileMetadata metadata, ByteRange range) implements StorageReader {
  @Override
  public int read(ByteBuffer target) {
    return -1;
  }

  @Override
  public void close() {}
}
