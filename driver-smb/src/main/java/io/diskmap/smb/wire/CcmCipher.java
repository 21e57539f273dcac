package io.diskmap.smb.wire;

import com.hierynomus.security.AEADBlockCipher;
import com.hierynomus.security.Cipher;
import com.hierynomus.security.SecurityException;
import com.hierynomus.security.bc.BCSecurityProvider;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.spec.GCMParameterSpec;

/** AES-128-CCM of SMB 3.0, which the platform does not have. Thread-safe. */
final class CcmCipher implements BlockCipher {
  private static final String NAME = "AES/CCM/NoPadding";

  private final byte[] outKey;
  private final byte[] inKey;

  CcmCipher(byte[] outKey, byte[] inKey) {
    this.outKey = outKey.clone();
    this.inKey = inKey.clone();
  }

  @Override
  public int nonceLength() {
    return 11;
  }

  @Override
  public byte[] encrypt(byte[] nonce, byte[] header, ByteBuffer text)
      throws GeneralSecurityException {
    byte[] plain = new byte[text.remaining()];
    text.get(text.position(), plain);
    byte[] sealed = run(Cipher.CryptMode.ENCRYPT, outKey, nonce, header, plain, 0, plain.length);
    text.put(text.position(), sealed, 0, plain.length);
    return Arrays.copyOfRange(sealed, plain.length, sealed.length);
  }

  @Override
  public void decrypt(
      byte[] nonce, byte[] header, byte[] text, int offset, int length, byte[] plain)
      throws GeneralSecurityException {
    byte[] opened = run(Cipher.CryptMode.DECRYPT, inKey, nonce, header, text, offset, length + TAG);
    System.arraycopy(opened, 0, plain, 0, length);
  }

  private static byte[] run(
      Cipher.CryptMode mode,
      byte[] key,
      byte[] nonce,
      byte[] header,
      byte[] text,
      int offset,
      int length)
      throws GeneralSecurityException {
    try {
      AEADBlockCipher cipher = new BCSecurityProvider().getAEADBlockCipher(NAME);
      cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
      cipher.updateAAD(header, 0, header.length);
      return cipher.doFinal(text, offset, length);
    } catch (SecurityException e) {
      throw new GeneralSecurityException("AES-CCM failed", e);
    }
  }

  @Override
  public String name() {
    return "AES-128-CCM";
  }
}
