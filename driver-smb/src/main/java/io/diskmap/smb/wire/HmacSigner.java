package io.diskmap.smb.wire;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The signatures of SMB 2: HMAC-SHA256. For one thread. */
final class HmacSigner implements Signer {
  private final Mac mac;

  HmacSigner(byte[] key) throws GeneralSecurityException {
    mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
  }

  @Override
  public void update(byte[] data, int offset, int length) {
    mac.update(data, offset, length);
  }

  @Override
  public byte[] finish() {
    return Arrays.copyOf(mac.doFinal(), LENGTH);
  }
}
