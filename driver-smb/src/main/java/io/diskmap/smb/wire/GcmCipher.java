package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128-GCM of the platform, fast from the first message on. Thread-safe.
 *
 * <p>The platform's ciphers are fast only once the methods that call the processor's AES and GHASH
 * instructions are compiled, and those are compiled after so many calls. One call for a whole
 * message is too few: a quarter of a gigabyte passes at a fiftieth of the speed. So everything goes
 * through the cipher in slices of a kilobyte.
 *
 * <p>The platform decrypts nothing before the last slice, all of it in one call then. So a message
 * is decrypted in counter mode, which GCM is below its tag, and encrypted again for the tag. The
 * two passes together take less than a hundredth of a second for 16 MiB.
 */
final class GcmCipher implements BlockCipher {
  private static final int SLICE = 1024;
  private static final int COUNTER_BYTES = 16;

  /** The ciphers of one message at a time. */
  private record Ciphers(Cipher gcm, Cipher counter) {}

  private final SecretKeySpec outKey;
  private final SecretKeySpec inKey;
  private final int slice;
  private final ConcurrentLinkedDeque<Ciphers> idle = new ConcurrentLinkedDeque<>();

  GcmCipher(byte[] outKey, byte[] inKey) {
    this(outKey, inKey, SLICE);
  }

  /** One that goes in slices of another size. */
  GcmCipher(byte[] outKey, byte[] inKey, int slice) {
    this.slice = slice;
    this.outKey = new SecretKeySpec(outKey, "AES");
    this.inKey = new SecretKeySpec(inKey, "AES");
  }

  @Override
  public int nonceLength() {
    return 12;
  }

  private Ciphers take() throws GeneralSecurityException {
    Ciphers known = idle.pollLast();
    return known != null
        ? known
        : new Ciphers(
            Cipher.getInstance("AES/GCM/NoPadding"), Cipher.getInstance("AES/CTR/NoPadding"));
  }

  @Override
  public byte[] encrypt(byte[] nonce, byte[] header, ByteBuffer text)
      throws GeneralSecurityException {
    Ciphers ciphers = take();
    Cipher gcm = ciphers.gcm();
    gcm.init(Cipher.ENCRYPT_MODE, outKey, new GCMParameterSpec(TAG * 8, nonce));
    gcm.updateAAD(header);
    byte[] in = new byte[slice];
    byte[] out = new byte[slice + TAG];
    int written = text.position();
    for (int at = text.position(); at < text.limit(); ) {
      int count = Math.min(slice, text.limit() - at);
      text.get(at, in, 0, count);
      int made = gcm.update(in, 0, count, out, 0);
      text.put(written, out, 0, made);
      written += made;
      at += count;
    }
    byte[] rest = gcm.doFinal();
    text.put(written, rest, 0, rest.length - TAG);
    idle.addLast(ciphers);
    return Arrays.copyOfRange(rest, rest.length - TAG, rest.length);
  }

  @Override
  public void decrypt(
      byte[] nonce, byte[] header, byte[] text, int offset, int length, byte[] plain)
      throws GeneralSecurityException {
    Ciphers ciphers = take();
    byte[] first = Arrays.copyOf(nonce, COUNTER_BYTES);
    first[COUNTER_BYTES - 1] = 2;
    Cipher counter = ciphers.counter();
    counter.init(Cipher.DECRYPT_MODE, inKey, new IvParameterSpec(first));
    for (int at = 0; at < length; at += slice) {
      counter.update(text, offset + at, Math.min(slice, length - at), plain, at);
    }
    Cipher gcm = ciphers.gcm();
    gcm.init(Cipher.ENCRYPT_MODE, inKey, new GCMParameterSpec(TAG * 8, nonce));
    gcm.updateAAD(header);
    byte[] unused = new byte[slice + TAG];
    for (int at = 0; at < length; at += slice) {
      gcm.update(plain, at, Math.min(slice, length - at), unused, 0);
    }
    byte[] rest = gcm.doFinal();
    byte[] tag = Arrays.copyOfRange(rest, rest.length - TAG, rest.length);
    byte[] told = Arrays.copyOfRange(text, offset + length, offset + length + TAG);
    if (!MessageDigest.isEqual(tag, told)) {
      Arrays.fill(plain, 0, length, (byte) 0);
      throw new AEADBadTagException("the tag does not fit the message");
    }
    idle.addLast(ciphers);
  }

  @Override
  public String name() {
    return "AES-128-GCM";
  }
}
