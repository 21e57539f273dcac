package io.diskmap.http.client;

import io.diskmap.spi.Call;
import io.diskmap.spi.DepartingChunk;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A request body over a chunk that is read from its file while it is sent, a piece at a time.
 * Written once for each exchange. Where the connection is not encrypted, {@link FileInterceptor}
 * lets the system move the file instead.
 */
final class FileBody extends RequestBody {
  private final DepartingChunk chunk;
  private final Runnable moved;
  private final Call call;

  /** The action is told after each piece. */
  FileBody(DepartingChunk chunk, Runnable moved, Call call) {
    this.chunk = chunk;
    this.moved = moved;
    this.call = call;
  }

  @Override
  public @Nullable MediaType contentType() {
    return null;
  }

  @Override
  public long contentLength() {
    return chunk.length();
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    chunk.copyTo(
        piece -> {
          sink.write(piece);
          moved.run();
        },
        call);
  }

  /** The same body, moved by the system to this socket; the request says its length already. */
  RequestBody movedTo(BufferedSocket socket) {
    return new MovedFileBody(socket, chunk, moved, call);
  }
}
