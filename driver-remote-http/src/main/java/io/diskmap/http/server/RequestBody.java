package io.diskmap.http.server;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The content of a request, held to a limit and to the CRC-32C that the request announces. For one
 * thread. What is wrong shows as an exception of the last read, before anything is published.
 */
final class RequestBody extends FilterInputStream {
  private final long limit;
  private final Optional<Long> expected;
  private final CRC32C crc = new CRC32C();
  private long count;

  private RequestBody(InputStream source, long limit, Optional<Long> expected) {
    super(source);
    this.limit = limit;
    this.expected = expected;
  }

  /** The raw body; a {@code Content-Digest} with a CRC-32C is checked where it is wanted. */
  static RequestBody of(HttpExchange exchange, long limit, boolean checkDigest) throws IOException {
    Optional<String> header =
        checkDigest ? exchange.header(Names.CONTENT_DIGEST) : Optional.empty();
    Optional<Long> expected =
        header.isPresent() ? Digests.parse(header.get()).crc32c() : Optional.empty();
    return new RequestBody(exchange.body(), limit, expected);
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
    int got = in.read(target, offset, length);
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
      crc.update(target, offset, got);
    }
    return got;
  }

  @Override
  public void close() {
    // The exchange owns its body.
  }
}
