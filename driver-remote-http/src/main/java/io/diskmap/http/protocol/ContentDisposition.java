package io.diskmap.http.protocol;

import java.nio.charset.StandardCharsets;

/** Builds {@code Content-Disposition: attachment} (RFC 6266) for any file name. Stateless. */
public final class ContentDisposition {
  private static final String ATTR_CHARACTERS = "!#$&+-.^_`|~";

  private ContentDisposition() {}

  /**
   * The header value: an ASCII form in which everything doubtful is an underscore, and the exact
   * name in the extended form.
   */
  public static String attachment(String fileName) {
    StringBuilder plain = new StringBuilder();
    fileName
        .codePoints()
        .forEach(
            c ->
                plain.append(
                    c > 0x1f && c < 0x7f && c != '"' && c != '\\' && c != '%' ? (char) c : '_'));
    StringBuilder exact = new StringBuilder();
    for (byte b : fileName.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (alphanumeric || ATTR_CHARACTERS.indexOf(c) >= 0) {
        exact.append(c);
      } else {
        exact.append(String.format("%%%02X", (int) c));
      }
    }
    return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + exact;
  }
}
