package io.diskmap.http.internal.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * Private keys from PEM files: PKCS#8 of any algorithm, PKCS#1 for RSA and SEC 1 for elliptic
 * curves. Stateless.
 */
final class PrivateKeys {
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final byte[] VERSION_ZERO = {0x02, 0x01, 0x00};

  private PrivateKeys() {}

  /** The first key of the file; it must belong to the public key of the certificate. */
  static PrivateKey read(Path file, PublicKey publicKey)
      throws IOException, GeneralSecurityException {
    for (Pem block : Pem.read(file)) {
      byte[] pkcs8 =
          switch (block.label()) {
            case "PRIVATE KEY" -> block.der();
            case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> toPkcs8(block.der(), publicKey);
            case "ENCRYPTED PRIVATE KEY" ->
                throw new GeneralSecurityException(
                    "the key in " + file + " is encrypted; give an unencrypted PEM file");
            default -> new byte[0];
          };
      if (pkcs8.length > 0) {
        PrivateKey key =
            KeyFactory.getInstance(publicKey.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        requirePair(key, publicKey, file);
        return key;
      }
    }
    throw new GeneralSecurityException(file + " holds no private key");
  }

  /** Both older forms lack the algorithm; it stands in the certificate's public key. */
  private static byte[] toPkcs8(byte[] key, PublicKey publicKey) {
    byte[] info = publicKey.getEncoded();
    int algorithm = contentStart(info, 0);
    int end = contentStart(info, algorithm) + contentLength(info, algorithm);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(VERSION_ZERO);
    body.write(info, algorithm, end - algorithm);
    body.writeBytes(wrap(OCTET_STRING, key));
    return wrap(SEQUENCE, body.toByteArray());
  }

  private static void requirePair(PrivateKey key, PublicKey publicKey, Path file)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] text = {1, 2, 3, 4};
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(text);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(publicKey);
    verifier.update(text);
    if (!verifier.verify(signature)) {
      throw new GeneralSecurityException("the key in " + file + " is not the certificate's key");
    }
  }

  private static int contentStart(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
  }

  private static int contentLength(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | der[at + 2 + i] & 0xff;
    }
    return length;
  }

  private static byte[] wrap(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int octets = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
      out.write(0x80 | octets);
      for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
        out.write(content.length >> shift);
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
