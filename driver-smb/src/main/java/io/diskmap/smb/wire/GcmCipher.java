package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-128-GCM of the platform. Thread-safe. */
final class GcmCipher implements BlockCipher {
  private static final int SLICE = 4 * 1024;

  private final SecretKeySpec outKey;
  private final SecretKeySpec inKey;
  private final ConcurrentLinkedDeque<Cipher> idle = new ConcurrentLinkedDeque<>();

  GcmCipher(byte[] outKey, byte[] inKey) {
    this.outKey = new SecretKeySpec(outKey, "AES");
    this.inKey = new SecretKeySpec(inKey, "AES");
  }

  @Override
  public int nonceLength() {
    return 12;
  }

  private Cipher take() throws GeneralSecurityException {
    Cipher known = idle.pollLast();
    return known != null ? known : Cipher.getInstance("AES/GCM/NoPadding");
  }

  @Override
  public byte[] encrypt(byte[] nonce, byte[] header, ByteBuffer text)
      throws GeneralSecurityException {
    Cipher cipher = take();
    cipher.init(Cipher.ENCRYPT_MODE, outKey, new GCMParameterSpec(TAG * 8, nonce));
    cipher.updateAAD(header);
    byte[] in = new byte[SLICE];
    byte[] out = new byte[SLICE + TAG];
    int written = text.position();
    for (int at = text.position(); at < text.limit(); ) {
      int count = Math.min(SLICE, text.limit() - at);
      text.get(at, in, 0, count);
      int made = cipher.update(in, 0, count, out, 0);
      text.put(written, out, 0, made);
      written += made;
      at += count;
    }
    byte[] rest = cipher.doFinal();
    text.put(written, rest, 0, rest.length - TAG);
    idle.addLast(cipher);
    return java.util.Arrays.copyOfRange(rest, rest.length - TAG, rest.length);
  }

  @Override
  public void decrypt(
      byte[] nonce, byte[] header, byte[] text, int offset, int length, byte[] plain)
      throws GeneralSecurityException {
    Cipher cipher = take();
    cipher.init(Cipher.DECRYPT_MODE, inKey, new GCMParameterSpec(TAG * 8, nonce));
    cipher.updateAAD(header);
    cipher.doFinal(text, offset, length + TAG, plain, 0);
    idle.addLast(cipher);
  }

  @Override
  public String name() {
    return "AES-128-GCM";
  }
}
