package io.diskmap.http.client;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.DepartingChunk;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A request body that goes past OkHttp: the system moves it from its file to the socket, behind the
 * headers. To OkHttp it is empty. Written once for each exchange.
 */
final class MovedFileBody extends RequestBody {
  private final BufferedSocket socket;
  private final DepartingChunk chunk;
  private final Runnable moved;
  private final Call call;

  MovedFileBody(BufferedSocket socket, DepartingChunk chunk, Runnable moved, Call call) {
    this.socket = socket;
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
    return 0;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.flush();
    try {
      socket.send(chunk, moved, call);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      // Fails with the same cause; only so does OkHttp look for an answer that came early.
      sink.flush();
      throw e;
    }
  }
}
