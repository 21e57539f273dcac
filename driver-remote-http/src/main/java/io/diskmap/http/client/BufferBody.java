package io.diskmap.http.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A request body over bytes that are already in memory. Written once for each exchange; the bytes
 * must not change until the exchange ends. OkHttp never repeats it by itself.
 */
final class BufferBody extends RequestBody {
  private final ByteBuffer bytes;
  private final Optional<String> type;
  private final Runnable moved;
  private volatile boolean sent;

  /** A body without a type. */
  BufferBody(ByteBuffer bytes, Runnable moved) {
    this(bytes, Optional.empty(), moved);
  }

  /** A body of this type; {@code moved} is told after each block. */
  BufferBody(ByteBuffer bytes, Optional<String> type, Runnable moved) {
    this.bytes = bytes;
    this.type = type;
    this.moved = moved;
  }

  @Override
  public @Nullable MediaType contentType() {
    return type.map(MediaType::parse).orElse(null);
  }

  @Override
  public long contentLength() {
    return bytes.remaining();
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    ByteBuffer rest = bytes.duplicate();
    int end = rest.limit();
    while (rest.position() < end) {
      rest.limit(Math.min(end, rest.position() + 64 * 1024));
      sink.write(rest);
      rest.limit(end);
      moved.run();
    }
    sent = true;
  }

  /** Whether all bytes left; before that no server can take the content for complete. */
  boolean isSent() {
    return sent;
  }
}
