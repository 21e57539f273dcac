package io.diskmap.http.server;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The content of a request, held to a limit and to the CRC-32C that the request announces. For one
 * thread. What is wrong shows as an exception of the last read, before anything is published.
 */
class RequestBody extends FilterInputStream {
  private static final long DRAIN_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Set<ErrorKind> ENDED =
      EnumSet.of(ErrorKind.CANCELLED, ErrorKind.TIMEOUT, ErrorKind.CLOSED);

  private final long limit;
  private final Optional<Long> expected;
  private final CRC32C crc = new CRC32C();
  private long count;

  private RequestBody(InputStream source, long limit, Optional<Long> expected) {
    super(source);
    this.limit = limit;
    this.expected = expected;
  }

  /**
   * The raw body; a {@code Content-Digest} with a CRC-32C is checked here where whoever takes the
   * content does not do that by itself.
   */
  static RequestBody of(HttpExchange exchange, long limit, boolean checkDigest) throws IOException {
    Optional<String> header =
        checkDigest ? exchange.header(Names.CONTENT_DIGEST) : Optional.empty();
    Optional<Long> expected =
        header.isPresent() ? Digests.parse(header.get()).crc32c() : Optional.empty();
    InputStream body = exchange.body();
    return body instanceof ReadableByteChannel channel
        ? new OfChannel(body, channel, limit, expected)
        : new RequestBody(body, limit, expected);
  }

  /** A part of a body. */
  static RequestBody of(InputStream part, long limit) {
    return new RequestBody(part, limit, Optional.empty());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return seen(in.read(target, offset, length), ByteBuffer.wrap(target), offset);
  }

  /** Looks at what one read has got: so many octets from this place on, or the end. */
  private int seen(int got, ByteBuffer octets, int from) throws IOException {
    if (got < 0) {
      if (expected.isPresent() && expected.get() != crc.getValue()) {
        throw StorageException.of(
            ErrorKind.CHECKSUM_MISMATCH,
            "The body does not have the CRC-32C of its Content-Digest; send it again.");
      }
      return got;
    }
    count += got;
    if (count > limit) {
      throw StorageException.of(
          ErrorKind.TOO_LARGE, "The content is larger than the server's limit.");
    }
    if (expected.isPresent()) {
      crc.update(octets.duplicate().limit(from + got).position(from));
    }
    return got;
  }

  /**
   * Reads what nobody wants any more after a failure, so that the peer, which may still send, sees
   * the answer and keeps its connection. A peer that takes longer than a few seconds loses it, and
   * so does one whose request was ended by its time, a cancellation or a shutdown.
   */
  void drain(StorageException failure) {
    if (ENDED.contains(failure.kind())) {
      return;
    }
    long end = System.nanoTime() + DRAIN_NANOS;
    byte[] block = new byte[16 * 1024];
    try {
      while (in.read(block) >= 0 && System.nanoTime() - end < 0) {
        continue;
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    // The exchange owns its body.
  }

  /** A body that an engine can read into a buffer of the caller's. */
  private static final class OfChannel extends RequestBody implements ReadableByteChannel {
    private final ReadableByteChannel channel;

    OfChannel(
        InputStream source, ReadableByteChannel channel, long limit, Optional<Long> expected) {
      super(source, limit, expected);
      this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      int from = target.position();
      return super.seen(channel.read(target), target, from);
    }

    @Override
    public boolean isOpen() {
      return true;
    }
  }
}
