package io.diskmap.sshfs;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.schmizz.sshj.common.Factory;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.transport.cipher.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * AES for SSH from the JDK's own provider, which uses the processor's instructions: five times less
 * work than the library's default provider.
 *
 * <p>Stateless; the ciphers it makes are for one direction of one connection each.
 */
final class JceCiphers {
  private static final String PROVIDER = "SunJCE";

  /** The names of all ciphers, the preferred first. */
  static final List<String> NAMES =
      List.of(
          "aes128-gcm@openssh.com",
          "aes256-gcm@openssh.com",
          "aes128-ctr",
          "aes192-ctr",
          "aes256-ctr");

  private JceCiphers() {}

  /** The cipher of a name as SSH writes it; empty for one that is not offered. */
  static Optional<Factory.Named<Cipher>> named(String name) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    int bytes = Integer.parseInt(name.substring(3, 6), 10) / 8;
    boolean gcm = name.toLowerCase(Locale.ROOT).contains("gcm");
    return Optional.of(
        new Factory.Named<>() {
          @Override
          public String getName() {
            return name;
          }

          @Override
          public Cipher create() {
            return gcm ? new Gcm(bytes) : new Ctr(bytes);
          }
        });
  }

  private static javax.crypto.Cipher instance(String transformation) {
    try {
      return javax.crypto.Cipher.getInstance(transformation, PROVIDER);
    } catch (GeneralSecurityException e) {
      throw new SSHRuntimeException("the JDK has no " + transformation, e);
    }
  }

  private static byte[] first(byte[] bytes, int length) {
    return java.util.Arrays.copyOf(bytes, length);
  }

  private static int mode(Cipher.Mode mode) {
    return mode == Cipher.Mode.Encrypt
        ? javax.crypto.Cipher.ENCRYPT_MODE
        : javax.crypto.Cipher.DECRYPT_MODE;
  }

  /** AES-GCM with a counter in the nonce (RFC 5647, section 7.1). */
  private static final class Gcm implements Cipher {
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;

    private final int keyBytes;
    private final javax.crypto.Cipher cipher = instance("AES/GCM/NoPadding");
    private @Nullable SecretKeySpec key;
    private byte[] nonce = new byte[NONCE_BYTES];
    private Mode mode = Mode.Encrypt;
    private boolean ready;

    Gcm(int keyBytes) {
      this.keyBytes = keyBytes;
    }

    @Override
    public int getBlockSize() {
      return keyBytes;
    }

    @Override
    public int getIVSize() {
      return NONCE_BYTES;
    }

    @Override
    public int getAuthenticationTagSize() {
      return TAG_BYTES;
    }

    @Override
    public void init(Mode direction, byte[] keyMaterial, byte[] iv) {
      mode = direction;
      key = new SecretKeySpec(first(keyMaterial, keyBytes), "AES");
      nonce = first(iv, NONCE_BYTES);
      ready = false;
    }

    private void makeReady() throws GeneralSecurityException {
      if (!ready) {
        cipher.init(mode(mode), key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        ready = true;
      }
    }

    @Override
    public void updateAAD(byte[] data, int offset, int length) {
      try {
        makeReady();
        cipher.updateAAD(data, offset, length);
      } catch (GeneralSecurityException e) {
        throw new SSHRuntimeException("AES-GCM failed", e);
      }
    }

    @Override
    public void updateAAD(byte[] data) {
      updateAAD(data, 0, data.length);
    }

    @Override
    public void update(byte[] input, int offset, int length) {
      int all = mode == Mode.Decrypt ? length + TAG_BYTES : length;
      try {
        makeReady();
        cipher.doFinal(input, offset, all, input, offset);
      } catch (GeneralSecurityException e) {
        throw new SSHRuntimeException("AES-GCM failed", e);
      }
      for (int i = NONCE_BYTES - 1; i >= NONCE_BYTES - 8 && ++nonce[i] == 0; i--) {
        continue;
      }
      ready = false;
    }

    @Override
    public void updateWithAAD(byte[] input, int offset, int aadLength, int length) {
      updateAAD(input, offset, aadLength);
      update(input, offset + aadLength, length);
    }

    @Override
    public void setSequenceNumber(long number) {}
  }

  /** AES in counter mode (RFC 4344). */
  private static final class Ctr implements Cipher {
    private static final int BLOCK_BYTES = 16;

    private final int keyBytes;
    private final javax.crypto.Cipher cipher = instance("AES/CTR/NoPadding");

    Ctr(int keyBytes) {
      this.keyBytes = keyBytes;
    }

    @Override
    public int getBlockSize() {
      return keyBytes;
    }

    @Override
    public int getIVSize() {
      return BLOCK_BYTES;
    }

    @Override
    public int getAuthenticationTagSize() {
      return 0;
    }

    @Override
    public void init(Mode direction, byte[] keyMaterial, byte[] iv) {
      try {
        cipher.init(
            mode(direction),
            new SecretKeySpec(first(keyMaterial, keyBytes), "AES"),
            new IvParameterSpec(first(iv, BLOCK_BYTES)));
      } catch (GeneralSecurityException e) {
        throw new SSHRuntimeException("AES-CTR failed", e);
      }
    }

    @Override
    public void update(byte[] input, int offset, int length) {
      try {
        cipher.update(input, offset, length, input, offset);
      } catch (GeneralSecurityException e) {
        throw new SSHRuntimeException("AES-CTR failed", e);
      }
    }

    @Override
    public void updateAAD(byte[] data, int offset, int length) {
      throw new UnsupportedOperationException("counter mode authenticates nothing");
    }

    @Override
    public void updateAAD(byte[] data) {
      throw new UnsupportedOperationException("counter mode authenticates nothing");
    }

    @Override
    public void updateWithAAD(byte[] input, int offset, int aadLength, int length) {
      update(input, offset + aadLength, length);
    }

    @Override
    public void setSequenceNumber(long number) {}
  }
}
