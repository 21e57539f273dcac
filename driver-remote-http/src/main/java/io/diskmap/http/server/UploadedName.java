package io.diskmap.http.server;

import java.util.Optional;

/**
 * Makes a harmless name out of the one that an uploader gave: its last segment, of letters, digits
 * and {@code . _ -}, not beginning with a dot, at most 120 characters. Stateless.
 */
final class UploadedName {
  private static final int MOST = 120;
  private static final String NAMELESS = "result";

  private UploadedName() {}

  static String of(Optional<String> given) {
    String name = given.orElse("").replace('\\', '/');
    name = name.substring(name.lastIndexOf('/') + 1);
    name = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[.]+", "");
    if (name.length() > MOST) {
      name = name.substring(name.length() - MOST).replaceAll("^[.]+", "");
    }
    return name.isEmpty() ? NAMELESS : name;
  }
}
