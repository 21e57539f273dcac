package io.diskmap.http.internal.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The blocks of a PEM file (RFC 7468): text between {@code BEGIN} and {@code END} lines. Stateless.
 *
 * @param label such as {@code CERTIFICATE}
 * @param der the decoded octets
 */
record Pem(String label, byte[] der) {
  private static final String BEGIN = "-----BEGIN ";
  private static final String TAIL = "-----";

  /** All blocks of a file, in order; the messages name the file, not its content. */
  static List<Pem> read(Path file) throws IOException, GeneralSecurityException {
    List<Pem> blocks = new ArrayList<>();
    String label = null;
    StringBuilder body = new StringBuilder();
    for (String line : Files.readString(file, StandardCharsets.US_ASCII).lines().toList()) {
      String text = line.strip();
      if (label == null && text.startsWith(BEGIN) && text.endsWith(TAIL)) {
        label = text.substring(BEGIN.length(), text.length() - TAIL.length());
      } else if (label != null && text.equals("-----END " + label + TAIL)) {
        blocks.add(new Pem(label, decode(body.toString(), file)));
        body.setLength(0);
        label = null;
      } else if (label != null && text.indexOf(':') >= 0) {
        throw new GeneralSecurityException(
            "the key in " + file + " is encrypted; give an unencrypted PEM file");
      } else if (label != null) {
        body.append(text);
      }
    }
    if (label != null || blocks.isEmpty()) {
      throw new GeneralSecurityException(file + " is not a complete PEM file");
    }
    return blocks;
  }

  /** The certificates of a file, in order; at least one. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem block : read(file)) {
      if (block.label.equals("CERTIFICATE")) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException(file + " holds no certificate");
    }
    return certificates;
  }

  private static byte[] decode(String text, Path file) throws GeneralSecurityException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException(file + " is not a PEM file: its base64 is broken");
    }
  }
}
