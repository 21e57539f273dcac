package io.diskmap.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a page of tasks ended: behind this submission time and id. Immutable.
 *
 * @param submittedAt in milliseconds
 * @param taskId the last task of the page
 */
record PageCursor(long submittedAt, String taskId) {
  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException where it is none
   */
  static PageCursor parse(String text) {
    String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    int colon = plain.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("this is no cursor of a page");
    }
    return new PageCursor(Long.parseLong(plain.substring(0, colon)), plain.substring(colon + 1));
  }

  @Override
  public String toString() {
    byte[] plain = (submittedAt + ":" + taskId).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
  }
}
