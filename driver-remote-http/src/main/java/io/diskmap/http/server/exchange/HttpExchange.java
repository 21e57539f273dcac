package io.diskmap.http.server.exchange;

import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Query;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * One request and its response, as an engine shows it to the storage API. Used by one thread, which
 * may block; never an engine's I/O thread.
 *
 * <p>Nothing of the body is read, and no {@code 100 Continue} is sent, before {@link #body()} is
 * called, so that a refusal costs the caller no upload. A response is committed by {@link #output}
 * or {@link #sendFile}; after that, status and headers no longer change.
 */
public interface HttpExchange {
  /** The method in upper case. */
  String method();

  /** The path of the request target, as received: neither decoded nor normalised. */
  String rawPath();

  /** The query of the request target, as received; {@code ""} when there is none. */
  String rawQuery();

  /** Every value of a header field, in the order received. */
  List<String> headers(String name);

  /** The peer's address without port; forwarding headers are not believed. */
  String remoteAddress();

  /** Whether the connection is encrypted. */
  boolean isSecure();

  /** The body's length: 0 without a body, -1 when it comes in chunks. */
  long declaredLength();

  /**
   * The body. A read fails when the peer stops in the middle, or sends slower than the engine's
   * minimum; it ends only where the message ends.
   */
  InputStream body() throws IOException;

  /** Sets the status; 200 until then. */
  void status(int status);

  /** Sets a response header, in place of an earlier value. */
  void header(String name, String value);

  /**
   * Commits the response and gives the stream for its body; closing it ends the response. The
   * length is exact, or -1 for a body that ends where it ends. For HEAD the octets are dropped.
   */
  OutputStream output(long length) throws IOException;

  /**
   * Commits the response and sends a part of an already open file as its body, without a copy where
   * the engine can. The channel's position stays as it is and the channel stays open. Each part
   * that went out is told with its length.
   */
  void sendFile(FileChannel file, long offset, long length, LongConsumer sent) throws IOException;

  /** Whether status and headers are on their way. */
  boolean isCommitted();

  /** Breaks the connection, so that the peer takes a half-sent response for what it is. */
  void abort();

  /** The only value of a header field; a field given twice is refused. */
  default Optional<String> header(String name) throws MalformedException {
    List<String> values = headers(name);
    if (values.size() > 1) {
      throw new MalformedException("header " + name + " is given more than once");
    }
    return values.stream().findFirst();
  }

  /** The decoded query; refuses what is not UTF-8 in its shortest form. */
  default Query query() throws MalformedException {
    return Query.parse(rawQuery());
  }
}
