package io.diskmap.smb.wire;

import com.hierynomus.security.AEADBlockCipher;
import com.hierynomus.security.Cipher;
import com.hierynomus.security.DerivationFunction;
import com.hierynomus.security.Mac;
import com.hierynomus.security.MessageDigest;
import com.hierynomus.security.SecurityException;
import com.hierynomus.security.SecurityProvider;
import com.hierynomus.security.bc.BCSecurityProvider;
import java.util.function.UnaryOperator;

/** The ciphers that smbj logs in with, whose digests see some messages as they were sent. */
final class LoginSecurity implements SecurityProvider {
  private final SecurityProvider usual = new BCSecurityProvider();
  private final UnaryOperator<byte[]> original;

  /** Ciphers whose digests are over the original of each message. */
  LoginSecurity(UnaryOperator<byte[]> original) {
    this.original = original;
  }

  @Override
  public MessageDigest getDigest(String name) throws SecurityException {
    return new OfOriginals(usual.getDigest(name), original);
  }

  @Override
  public Mac getMac(String name) throws SecurityException {
    return usual.getMac(name);
  }

  @Override
  public Cipher getCipher(String name) throws SecurityException {
    return usual.getCipher(name);
  }

  @Override
  public AEADBlockCipher getAEADBlockCipher(String name) throws SecurityException {
    return usual.getAEADBlockCipher(name);
  }

  @Override
  public DerivationFunction getDerivationFunction(String name) throws SecurityException {
    return usual.getDerivationFunction(name);
  }

  private record OfOriginals(MessageDigest usual, UnaryOperator<byte[]> original)
      implements MessageDigest {
    @Override
    public void update(byte value) {
      usual.update(value);
    }

    @Override
    public void update(byte[] bytes) {
      usual.update(original.apply(bytes));
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
      usual.update(bytes, offset, length);
    }

    @Override
    public byte[] digest() {
      return usual.digest();
    }

    @Override
    public void reset() {
      usual.reset();
    }

    @Override
    public int getDigestLength() {
      return usual.getDigestLength();
    }
  }
}
