package io.diskmap.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The text of a listing without the two characters that XML does not know, U+FFFE and U+FFFF, which
 * become U+FFFD. For one thread.
 *
 * <p>Keys come encoded and are not touched. Ceph repeats the prefix that it was asked for as it is,
 * and no parser reads the answer where that has one of the two.
 */
final class S3ListingText extends FilterInputStream {
  private int matched;

  S3ListingText(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    return next < 0 ? next : mended(next);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, length);
    for (int i = offset; i < offset + count; i++) {
      target[i] = (byte) mended(target[i] & 0xFF);
    }
    return count;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** The byte, or the last of U+FFFD in the place of the last of U+FFFE and U+FFFF. */
  private int mended(int next) {
    boolean last = matched == 2 && (next == 0xBE || next == 0xBF);
    matched = next == 0xEF ? 1 : matched == 1 && next == 0xBF ? 2 : 0;
    return last ? 0xBD : next;
  }
}
