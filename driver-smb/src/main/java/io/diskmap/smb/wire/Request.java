package io.diskmap.smb.wire;

import java.nio.ByteBuffer;

/**
 * One request of the protocol and how its answer is read.
 *
 * <p>For one exchange. Encoding happens in the thread that sends, decoding in the connection's own.
 *
 * @param <T> what the answer tells
 */
public abstract class Request<T> {
  /** Bytes of a message's header. */
  static final int HEADER = 64;

  private final Command command;

  Request(Command command) {
    this.command = command;
  }

  final Command command() {
    return command;
  }

  /** Bytes behind the header. */
  abstract int length();

  /** The larger of what is sent and what the answer may bring, which the credits are counted by. */
  int payload() {
    return 0;
  }

  /** Writes what stands behind the header; offsets count from the header's start. */
  abstract void encode(ByteBuffer out);

  /** Whether an answer with this status has content. */
  boolean isAnswer(int status) {
    return !NtStatus.isError(status);
  }

  /**
   * Reads an answer.
   *
   * @param in from the header on, to the end of the message
   */
  abstract T decode(ByteBuffer in, int status) throws SmbStatusException;

  /** A part of an answer that the server names by offset and length. */
  static ByteBuffer part(ByteBuffer in, int offset, int length) throws SmbStatusException {
    if (length == 0) {
      return ByteBuffer.allocate(0).order(in.order());
    }
    if (offset < HEADER || length < 0 || offset > in.limit() - length) {
      throw new SmbStatusException("a reply with parts beyond its end", NtStatus.SUCCESS);
    }
    return in.slice(offset, length).order(in.order());
  }
}
