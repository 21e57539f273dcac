package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/** How the messages of a session are protected on their way. Thread-safe. */
interface Seal {
  /** Bytes that it puts before the messages of a frame. */
  int headroom();

  /**
   * Protects the messages of a frame that goes out.
   *
   * @param frame the messages lie from {@code start} to the limit, behind the headroom
   * @param starts where each message begins
   */
  void seal(ByteBuffer frame, int start, int[] starts) throws IOException;

  /**
   * Opens a frame that came in.
   *
   * @param frame with a few free bytes behind its length
   * @return the messages in it, valid until the next frame
   */
  ByteBuffer open(byte[] frame, int length) throws IOException;

  /**
   * Checks one message of an opened frame.
   *
   * @param message from its header to the next one
   */
  void verify(ByteBuffer message) throws IOException;

  /** What the session's messages are protected by, for people. */
  String name();

  /** No messages of another kind are taken. */
  static IOException unexpected(String what) {
    return new IOException("the server sent " + what + "; somebody may be between");
  }
}
