package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import java.nio.ByteBuffer;

/**
 * One compound: how it is written and how its results are read. Any thread may call it, and each
 * method more than once.
 *
 * @param <T> what the results make
 */
public interface Request<T> {
  /** Writes the operations behind SEQUENCE. */
  void encode(OpWriter out);

  /** Reads their results. */
  T decode(OpReader in) throws XdrException, NfsStatusException;

  /** Whether a second execution does no harm, so that a lost outcome is no question. */
  default boolean isRepeatable() {
    return true;
  }

  /** Whether the server keeps the reply for a repeat over another connection. */
  default boolean isReplyKept() {
    return !isRepeatable();
  }

  /** Where the payload of a lone READ goes; an empty buffer for anything else. */
  default ByteBuffer target() {
    return ByteBuffer.allocate(0);
  }

  /** The connection begins to use the request's buffers. */
  default void hold() {}

  /** The connection has ended using the request's buffers; once for each {@link #hold}. */
  default void release() {}

  /** Writes operations. */
  @FunctionalInterface
  interface Encoder {
    /** Writes them. */
    void encode(OpWriter out);
  }

  /** Reads results. */
  @FunctionalInterface
  interface Decoder<T> {
    /** Reads them. */
    T decode(OpReader in) throws XdrException, NfsStatusException;
  }

  /** A compound that may run twice. */
  static <T> Request<T> of(Encoder encoder, Decoder<T> decoder) {
    return new Plain<>(encoder, decoder, true, false);
  }

  /** A compound that changes something and must not run twice. */
  static <T> Request<T> change(Encoder encoder, Decoder<T> decoder) {
    return new Plain<>(encoder, decoder, false, true);
  }

  /** A compound that changes something and does no harm when it runs twice. */
  static <T> Request<T> repeatableChange(Encoder encoder, Decoder<T> decoder) {
    return new Plain<>(encoder, decoder, true, true);
  }

  /** A compound without buffers of its own. */
  record Plain<T>(Encoder encoder, Decoder<T> decoder, boolean isRepeatable, boolean isReplyKept)
      implements Request<T> {
    @Override
    public void encode(OpWriter out) {
      encoder.encode(out);
    }

    @Override
    public T decode(OpReader in) throws XdrException, NfsStatusException {
      return decoder.decode(in);
    }
  }
}
