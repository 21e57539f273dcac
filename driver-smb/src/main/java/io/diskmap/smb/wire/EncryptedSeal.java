package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frames that are encrypted as a whole. Thread-safe for sending; frames are opened by one thread.
 *
 * <p>The nonces of a session are a count, so none is used twice with its key.
 */
final class EncryptedSeal implements Seal {
  private static final int TRANSFORM = 52;
  private static final int SIGNATURE = 4;
  private static final int NONCE = 20;
  private static final int AUTHENTICATED = 32;
  private static final int SIZE = 36;
  private static final int FLAGS = 42;
  private static final int SESSION = 44;

  private final BlockCipher cipher;
  private final long sessionId;
  private final AtomicLong count = new AtomicLong();
  private byte[] plain = new byte[8192];

  EncryptedSeal(BlockCipher cipher, long sessionId) {
    this.cipher = cipher;
    this.sessionId = sessionId;
  }

  @Override
  public int headroom() {
    return TRANSFORM;
  }

  @Override
  public void seal(ByteBuffer frame, int start, int[] starts) throws IOException {
    int at = start - TRANSFORM;
    byte[] nonce = new byte[cipher.nonceLength()];
    ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN).putLong(count.incrementAndGet());
    frame.put(at, new byte[TRANSFORM]);
    frame.put(at, new byte[] {(byte) 0xFD, 'S', 'M', 'B'});
    frame.put(at + NONCE, nonce);
    frame.putInt(at + SIZE, frame.limit() - start);
    frame.putShort(at + FLAGS, (short) 1);
    frame.putLong(at + SESSION, sessionId);
    byte[] header = new byte[AUTHENTICATED];
    frame.get(at + NONCE, header);
    try {
      frame.put(at + SIGNATURE, cipher.encrypt(nonce, header, frame.duplicate().position(start)));
    } catch (GeneralSecurityException e) {
      throw new IOException("a message could not be encrypted", e);
    }
  }

  @Override
  public ByteBuffer open(byte[] frame, int length) throws IOException {
    if (frame[0] == (byte) 0xFE) {
      return refusal(frame, length);
    }
    ByteBuffer in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    if (frame[0] != (byte) 0xFD || length < TRANSFORM) {
      throw Seal.unexpected("a message that is not of an encrypted session");
    }
    int size = in.getInt(SIZE);
    if (size < Request.HEADER || size > length - TRANSFORM || in.getLong(SESSION) != sessionId) {
      throw Seal.unexpected("an encrypted message that is damaged");
    }
    if (plain.length < size) {
      plain = new byte[size];
    }
    byte[] nonce = Arrays.copyOfRange(frame, NONCE, NONCE + cipher.nonceLength());
    byte[] header = Arrays.copyOfRange(frame, NONCE, NONCE + AUTHENTICATED);
    System.arraycopy(frame, SIGNATURE, frame, TRANSFORM + size, BlockCipher.TAG);
    try {
      cipher.decrypt(nonce, header, frame, TRANSFORM, size, plain);
    } catch (GeneralSecurityException e) {
      throw new IOException("the server sent a message that cannot be decrypted", e);
    }
    return ByteBuffer.wrap(plain, 0, size).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A server that has forgotten the session can only say so in the open. */
  private static ByteBuffer refusal(byte[] frame, int length) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(frame, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    if (length < Request.HEADER || !SessionEnd.isEnd(in.getInt(8))) {
      throw Seal.unexpected("a message in the open on an encrypted session");
    }
    throw new IOException("the server has ended the session: " + NtStatus.name(in.getInt(8)));
  }

  @Override
  public void verify(ByteBuffer message) {}

  @Override
  public String name() {
    return "encrypted " + cipher.name();
  }
}
