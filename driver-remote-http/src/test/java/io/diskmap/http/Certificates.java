package io.diskmap.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A self-signed certificate for loopback and its key, made with OpenSSL. Immutable.
 *
 * @param certificate the PEM file of the certificate
 * @param key the PEM file of the key
 */
public record Certificates(Path certificate, Path key) {
  /** Makes both; the form is an algorithm and an encoding, such as {@code rsa pkcs1}. */
  public static Certificates make(Path directory, String form) throws IOException {
    String key = directory.resolve("key.pem").toString();
    String certificate = directory.resolve("cert.pem").toString();
    String[] parts = form.split(" ");
    switch (parts[0]) {
      case "rsa" ->
          openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key);
      case "ec" ->
          openssl(
              "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key);
      default -> openssl("genpkey", "-algorithm", "ED25519", "-out", key);
    }
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        key,
        "-out",
        certificate,
        "-days",
        "30",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1");
    String old = directory.resolve("old.pem").toString();
    switch (parts[1]) {
      case "pkcs1" -> openssl("rsa", "-in", key, "-traditional", "-out", old);
      case "sec1" -> openssl("ec", "-in", key, "-out", old);
      default -> old = key;
    }
    return new Certificates(Path.of(certificate), Path.of(old));
  }

  /** Runs OpenSSL to its end. */
  public static void openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
