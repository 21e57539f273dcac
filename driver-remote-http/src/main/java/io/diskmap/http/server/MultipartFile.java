package io.diskmap.http.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The part {@code file} of a multipart/form-data body (RFC 7578), as a stream that never holds more
 * than one block. For one thread. Parts before it are skipped; a body without the part, or that
 * ends inside it, is an error.
 */
final class MultipartFile extends InputStream {
  private static final int BLOCK = 64 * 1024;
  private static final int MAX_HEADERS = 8 * 1024;

  private final InputStream source;
  private final byte[] delimiter;
  private byte[] block = new byte[BLOCK];
  private int at;
  private int end;
  private boolean ended;

  /** Stands at the first byte of the part. */
  MultipartFile(InputStream source, String contentType) throws IOException {
    this.source = source;
    this.delimiter = ("\r\n--" + boundary(contentType)).getBytes(StandardCharsets.ISO_8859_1);
    block[end++] = '\r';
    block[end++] = '\n';
    do {
      skipToDelimiter();
      ended = false;
    } while (!isFile(partHeaders()));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (ended || length == 0) {
      return ended ? -1 : 0;
    }
    int ready = readyBytes();
    if (ready == 0) {
      ended = true;
      source.transferTo(OutputStream.nullOutputStream());
      return -1;
    }
    int count = Math.min(ready, length);
    System.arraycopy(block, at, target, offset, count);
    at += count;
    return count;
  }

  /** How many bytes of the part stand ready; 0 at the delimiter, which is consumed. */
  private int readyBytes() throws IOException {
    while (true) {
      int found = indexOfDelimiter();
      if (found == at) {
        at += delimiter.length;
        return 0;
      }
      if (found > at) {
        return found - at;
      }
      int safe = end - at - delimiter.length + 1;
      if (safe > 0) {
        return safe;
      }
      fill();
    }
  }

  private void skipToDelimiter() throws IOException {
    int ready = readyBytes();
    while (ready > 0) {
      at += ready;
      ready = readyBytes();
    }
  }

  private int indexOfDelimiter() {
    for (int i = at; i <= end - delimiter.length; i++) {
      if (block[i] == '\r'
          && Arrays.equals(block, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
        return i;
      }
    }
    return -1;
  }

  private void fill() throws IOException {
    System.arraycopy(block, at, block, 0, end - at);
    end -= at;
    at = 0;
    int count = source.read(block, end, block.length - end);
    if (count < 0) {
      throw Refusal.badRequest("The multipart body ends before its last boundary.");
    }
    end += count;
  }

  private String partHeaders() throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
      if (text.length() == 2 && text.charAt(0) == '-' && text.charAt(1) == '-') {
        throw Refusal.badRequest("The multipart body has no part named file.");
      }
      if (text.length() > MAX_HEADERS) {
        throw Refusal.badRequest("The headers of a multipart part are too long.");
      }
      while (at == end) {
        fill();
      }
      text.append((char) (block[at++] & 0xff));
    }
    return text.toString();
  }

  private static boolean isFile(String headers) {
    return headers
        .lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith("content-disposition:"))
        .anyMatch(line -> line.matches(".*;\\s*name=(\"file\"|file)\\s*(;.*)?"));
  }

  private static String boundary(String contentType) throws IOException {
    for (String parameter : contentType.split(";")) {
      String[] pair = parameter.strip().split("=", 2);
      if (pair.length == 2 && pair[0].equalsIgnoreCase("boundary")) {
        String value = pair[1].strip();
        if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
          value = value.substring(1, value.length() - 1);
        }
        if (!value.isEmpty() && value.length() <= 70) {
          return value;
        }
      }
    }
    throw Refusal.badRequest("The multipart body has no usable boundary.");
  }
}
