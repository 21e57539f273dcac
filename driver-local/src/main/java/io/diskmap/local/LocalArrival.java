package io.diskmap.local;

import io.diskmap.StorageException;
import io.diskmap.spi.ArrivingChunk;
import io.diskmap.spi.Call;
import io.diskmap.spi.record.Checks;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A chunk that goes to its place in the staged file while it arrives. For one thread. */
final class LocalArrival implements ArrivingChunk {
  private final LocalWriter writer;
  private final StagedUpload upload;
  private final ChunkPlaces.Place place;
  private final long offset;
  private final int length;
  private int arrived;
  private boolean left;

  LocalArrival(
      LocalWriter writer, StagedUpload upload, ChunkPlaces.Place place, long offset, int length) {
    this.writer = writer;
    this.upload = upload;
    this.place = place;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public void write(ByteBuffer piece, Call call) throws StorageException {
    int count = piece.remaining();
    if (count > length - arrived) {
      throw Checks.lengthMismatch("More bytes arrive than the chunk has.");
    }
    writer.run(call, () -> upload.writePiece(place, offset, arrived, piece));
    arrived += count;
  }

  @Override
  public void complete(int crc32c, Call call) throws StorageException {
    if (arrived < length) {
      throw Checks.lengthMismatch("Fewer bytes have arrived than the chunk has.");
    }
    writer.run(call, () -> upload.complete(place, offset, length, crc32c));
  }

  @Override
  public void close() {
    if (!left) {
      left = true;
      place.close();
    }
  }

  /** A step on the staged file. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }
}
