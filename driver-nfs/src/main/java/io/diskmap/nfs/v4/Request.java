package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

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

  /** Takes results that came when nobody waited for them any more; never waits. */
  default void late(OpReader in) {}

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

  /**
   * A compound that leaves something behind on the server, which is undone where its results come
   * too late for the caller.
   */
  static <T> Request<T> undoable(Request<T> request, Consumer<T> undo) {
    return new TakenLate<>(request, undo);
  }

  /** A compound that nobody waits for, and what follows once the server has executed it. */
  static <T> Request<T> unawaited(Request<T> request, Consumer<T> next) {
    return new TakenLate<>(request, next);
  }

  /** A compound without buffers of its own and who takes results that nobody waits for. */
  record TakenLate<T>(Request<T> request, Consumer<T> taker) implements Request<T> {
    @Override
    public void encode(OpWriter out) {
      request.encode(out);
    }

    @Override
    public T decode(OpReader in) throws XdrException, NfsStatusException {
      return request.decode(in);
    }

    @Override
    public boolean isRepeatable() {
      return request.isRepeatable();
    }

    @Override
    public boolean isReplyKept() {
      return request.isReplyKept();
    }

    @Override
    public void late(OpReader in) {
      T results;
      try {
        results = request.decode(in);
      } catch (XdrException | NfsStatusException nothingToTake) {
        return;
      }
      taker.accept(results);
    }
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
