package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signatures of SMB 3.1.1 where the server knows them: AES-128-GMAC, which is the tag of an
 * AES-GCM message that has the data as its header and no text. For one thread.
 *
 * <p>The platform keeps a header back as a whole and hashes it in one call, which is slow in a
 * fresh process. So the data goes through as the text: decrypted in counter mode first, so that the
 * GCM cipher encrypts it to itself, in slices of a kilobyte. The tag of that differs by one block,
 * the one that tells which of the lengths is the header's.
 */
final class GmacSigner implements Signer {
  private static final int SLICE = 1024;
  private static final int TAG = 16;
  private static final int NONCE = 12;
  private static final long POLYNOMIAL = 0xE1L << 56;

  private final SecretKeySpec key;
  private final Cipher gcm;
  private final Cipher counter;
  private final long hashHigh;
  private final long hashLow;
  private final byte[] text = new byte[SLICE];
  private final byte[] unused = new byte[SLICE + TAG];
  private long length;

  GmacSigner(byte[] key) throws GeneralSecurityException {
    this.key = new SecretKeySpec(key, "AES");
    this.gcm = Cipher.getInstance("AES/GCM/NoPadding");
    this.counter = Cipher.getInstance("AES/CTR/NoPadding");
    Cipher plain = Cipher.getInstance("AES/ECB/NoPadding");
    plain.init(Cipher.ENCRYPT_MODE, this.key);
    ByteBuffer hash = ByteBuffer.wrap(plain.doFinal(new byte[TAG]));
    this.hashHigh = hash.getLong();
    this.hashLow = hash.getLong();
  }

  /** The number of a message is used once in each direction, and with it the nonce. */
  @Override
  public void begin(long messageId, boolean isAnswer) throws GeneralSecurityException {
    ByteBuffer nonce = ByteBuffer.allocate(TAG).order(ByteOrder.LITTLE_ENDIAN);
    nonce.putLong(messageId).putInt(isAnswer ? 1 : 0);
    byte[] first = nonce.array();
    byte[] own = Arrays.copyOf(first, NONCE);
    first[TAG - 1] = 2;
    gcm.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * 8, own));
    counter.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(first));
    length = 0;
  }

  @Override
  public void update(byte[] data, int offset, int count) throws GeneralSecurityException {
    for (int at = 0; at < count; at += SLICE) {
      int slice = Math.min(SLICE, count - at);
      int made = counter.update(data, offset + at, slice, text, 0);
      gcm.update(text, 0, made, unused, 0);
    }
    length += count;
  }

  @Override
  public byte[] finish() throws GeneralSecurityException {
    byte[] rest = gcm.doFinal();
    ByteBuffer tag = ByteBuffer.wrap(rest, rest.length - TAG, TAG);
    long bits = length * 8;
    long high = 0;
    long low = 0;
    long powerHigh = hashHigh;
    long powerLow = hashLow;
    for (int i = 0; i < 128; i++) {
      if ((bits << i) < 0) {
        high ^= powerHigh;
        low ^= powerLow;
      }
      long carry = -(powerLow & 1);
      powerLow = (powerLow >>> 1) | (powerHigh << 63);
      powerHigh = (powerHigh >>> 1) ^ (carry & POLYNOMIAL);
    }
    return ByteBuffer.allocate(TAG)
        .putLong(tag.getLong() ^ high)
        .putLong(tag.getLong() ^ low)
        .array();
  }
}
