package io.diskmap.nfs;

import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader;
import io.diskmap.nfs.v4.OpWriter;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.spi.Chunk;
import java.nio.ByteBuffer;

/**
 * One READ of an open file straight into a pooled buffer. Thread-safe; the buffer is read only
 * after the request's end.
 */
final class ReadPiece implements Request<ReadPiece.Result> {
  /**
   * What came.
   *
   * @param count how many bytes
   * @param attributes size and time of the last write behind them
   */
  record Result(int count, Attributes attributes) {}

  private final OpenFile file;
  private final Chunk chunk;
  private final ByteBuffer buffer;
  private final int filled;
  final long offset;
  final int length;

  /** Reads into the chunk behind what is filled already. */
  ReadPiece(OpenFile file, long offset, int length, Chunk chunk, int filled) {
    this.file = file;
    this.offset = offset;
    this.length = length;
    this.chunk = chunk;
    this.filled = filled;
    this.buffer = chunk.buffer().duplicate();
  }

  @Override
  public void encode(OpWriter out) {
    out.putFh(file.handle()).read(file.state(), offset, length).getVersion();
  }

  @Override
  public Result decode(OpReader in) throws XdrException, NfsStatusException {
    int count = in.putFh().read(target()).count();
    return new Result(count, in.getAttr());
  }

  @Override
  public ByteBuffer target() {
    return buffer.duplicate().position(filled).limit(filled + length);
  }

  @Override
  public void hold() {
    chunk.retain();
  }

  @Override
  public void release() {
    chunk.release();
  }
}
