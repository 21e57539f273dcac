package io.diskmap.testkit.defect;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;

/** A reader that passes every call on; a defect overrides what it spoils. */
class PassingReader implements StorageReader {
  final StorageReader inner;

  PassingReader(StorageReader inner) {
    this.inner = inner;
  }

  @Override
  public FileMetadata metadata() {
    return inner.metadata();
  }

  @Override
  public ByteRange range() {
    return inner.range();
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    return inner.read(target);
  }

  @Override
  public void close() {
    inner.close();
  }
}
