package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the ciphers of SMB 3.1.1 compiled while a process logs in for the first time, so that its
 * first transfer finds them fast. Thread-safe; runs in any thread.
 *
 * <p>Compilation is begun by the number of calls, not by the number of bytes, so half a megabyte in
 * very small slices is enough, once for the process. It takes less than a tenth of a second of
 * processor time, which the first 16 MiB take less then.
 */
public final class CipherWarmUp {
  private static final int SLICE = 64;
  private static final int BYTES = 512 * 1024;
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private CipherWarmUp() {}

  /** Whether the caller is the first, who is to run it. */
  public static boolean isWanted() {
    return BEGUN.compareAndSet(false, true);
  }

  /** Encrypts and decrypts zeros with a key of zeros; signatures go by the same methods. */
  public static void run() {
    byte[] key = new byte[16];
    byte[] nonce = new byte[12];
    byte[] header = new byte[32];
    byte[] text = new byte[BYTES + BlockCipher.TAG];
    try {
      GcmCipher cipher = new GcmCipher(key, key, SLICE);
      byte[] tag = cipher.encrypt(nonce, header, ByteBuffer.wrap(text, 0, BYTES));
      System.arraycopy(tag, 0, text, BYTES, tag.length);
      cipher = new GcmCipher(key, key, SLICE);
      cipher.decrypt(nonce, header, text, 0, BYTES, new byte[BYTES]);
    } catch (GeneralSecurityException saidByTheLogIn) {
      return;
    }
  }
}
