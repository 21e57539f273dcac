package io.diskmap.sshfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Fingerprints of public keys, worked out without the driver. */
final class Fingerprints {
  private Fingerprints() {}

  static String of(Path publicKey) {
    try {
      byte[] blob = Base64.getDecoder().decode(Files.readString(publicKey).split(" ")[1]);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
