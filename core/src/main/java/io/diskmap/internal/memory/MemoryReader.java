package io.diskmap.internal.memory;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * Reads one version of a file, which stays as it is however often the path is replaced. One thread.
 */
final class MemoryReader implements StorageReader {
  private final FileMetadata metadata;
  private final MemoryContent content;
  private final ByteRange range;
  private final Call call;
  private final BooleanSupplier diskClosed;
  private long position;
  private final long end;
  private boolean closed;

  MemoryReader(
      StoragePath path, MemoryFile file, ByteRange wanted, Call call, BooleanSupplier diskClosed) {
    this.metadata = file.metadata(path);
    this.content = file.content();
    this.range = wanted.within(file.size());
    this.call = call;
    this.diskClosed = diskClosed;
    this.position = range.offset();
    this.end = range.offset() + range.length();
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
    if (closed || diskClosed.getAsBoolean()) {
      throw StorageException.of(ErrorKind.CLOSED, "The reader is closed; open the file again.");
    }
    call.check();
    if (position == end) {
      return -1;
    }
    int count = content.read(position, end, target);
    position += count;
    call.progressed();
    return count;
  }

  @Override
  public void close() {
    closed = true;
  }
}
