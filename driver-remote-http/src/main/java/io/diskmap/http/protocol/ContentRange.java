package io.diskmap.http.protocol;

/**
 * The value of a {@code Content-Range} header (RFC 9110, 14.4). Immutable.
 *
 * @param offset the first octet of the part, or -1 where the range could not be satisfied
 * @param length the octets of the part
 * @param size the octets of the whole representation
 */
public record ContentRange(long offset, long length, long size) {
  /** The form for 416. */
  public static ContentRange unsatisfied(long size) {
    return new ContentRange(-1, 0, size);
  }

  /** Reads a header whose size is known; anything else is a broken reply. */
  public static ContentRange parse(String header) throws MalformedException {
    if (header.startsWith("bytes ")) {
      String text = header.substring(6);
      int slash = text.indexOf('/');
      long size = slash < 0 ? -1 : Query.wholeNumber(text.substring(slash + 1));
      if (size >= 0 && text.startsWith("*/")) {
        return unsatisfied(size);
      }
      int dash = text.indexOf('-');
      if (size >= 0 && dash > 0 && dash < slash) {
        long first = Query.wholeNumber(text.substring(0, dash));
        long last = Query.wholeNumber(text.substring(dash + 1, slash));
        if (first >= 0 && last >= first && last < size) {
          return new ContentRange(first, last - first + 1, size);
        }
      }
    }
    throw new MalformedException("the Content-Range header is broken");
  }

  /** The header form. */
  @Override
  public String toString() {
    return offset < 0
        ? "bytes */" + size
        : "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
  }
}
