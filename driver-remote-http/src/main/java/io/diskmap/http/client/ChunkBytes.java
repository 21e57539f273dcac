package io.diskmap.http.client;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.DepartingChunk;
import okhttp3.RequestBody;

/** The bytes of a chunk to send: in memory, or in a file. For one thread at a time. */
sealed interface ChunkBytes {
  /** Their CRC-32C. */
  int crc32c(Call call) throws StorageException;

  /** A body that sends them once; the action is told of each step. */
  RequestBody body(Runnable moved, Call call);

  /** Looks whose fault the server's refusal is; throws where it is not the server's. */
  default void explain(StorageException refusal, Call call) throws StorageException {}

  /** Gives back what they take. */
  default void release() {}

  /** Bytes in memory. */
  record Held(Chunk chunk) implements ChunkBytes {
    @Override
    public int crc32c(Call call) {
      return chunk.crc32c();
    }

    @Override
    public RequestBody body(Runnable moved, Call call) {
      return new BufferBody(chunk.data(), moved);
    }

    @Override
    public void release() {
      chunk.release();
    }
  }

  /** Bytes in a file, that may be altered between two readings. */
  record InFile(DepartingChunk chunk) implements ChunkBytes {
    @Override
    public int crc32c(Call call) throws StorageException {
      return chunk.crc32c(call);
    }

    @Override
    public RequestBody body(Runnable moved, Call call) {
      return new FileBody(chunk, moved, call);
    }

    @Override
    public void explain(StorageException refusal, Call call) throws StorageException {
      if (refusal.kind() == ErrorKind.CHECKSUM_MISMATCH) {
        chunk.requireUnaltered(call);
      }
    }
  }
}
