package io.diskmap.http.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A request body over bytes that are already in memory. Written once for each exchange; the bytes
 * must not change until the exchange ends. OkHttp never repeats it by itself.
 */
final class BufferBody extends RequestBody {
  private static final MediaType OCTETS = MediaType.get("application/octet-stream");

  private final ByteBuffer bytes;
  private final MediaType type;
  private final Runnable moved;

  BufferBody(ByteBuffer bytes, Runnable moved) {
    this(bytes, OCTETS, moved);
  }

  BufferBody(ByteBuffer bytes, MediaType type, Runnable moved) {
    this.bytes = bytes;
    this.type = type;
    this.moved = moved;
  }

  @Override
  public MediaType contentType() {
    return type;
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
  }
}
