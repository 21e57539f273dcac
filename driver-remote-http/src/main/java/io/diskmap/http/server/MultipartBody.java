package io.diskmap.http.server;

import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A multipart/form-data body (RFC 7578), part by part, that never holds more than one block. For
 * one thread. A body that ends before its last boundary is an error.
 */
final class MultipartBody {
  private static final int BLOCK = 64 * 1024;
  private static final int MAX_HEADERS = 8 * 1024;

  private final InputStream source;
  private final byte[] delimiter;
  private final byte[] block = new byte[BLOCK];
  private int at;
  private int end;
  private boolean partEnded;
  private boolean ended;
  private String headers = "";

  /** Stands before the first part. */
  MultipartBody(InputStream source, String contentType) throws IOException {
    this.source = source;
    this.delimiter = ("\r\n--" + boundary(contentType)).getBytes(StandardCharsets.ISO_8859_1);
    block[end++] = '\r';
    block[end++] = '\n';
  }

  /** Whether a content type is that of such a body. */
  static boolean isType(String contentType) {
    return contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
  }

  /** Goes to the next part, over what is left of this one; false at the end of the body. */
  boolean next() throws IOException {
    if (ended) {
      return false;
    }
    if (!partEnded) {
      skipToDelimiter();
    }
    partEnded = false;
    if (isLast()) {
      ended = true;
      return false;
    }
    headers = partHeaders();
    return true;
  }

  /** Goes to the part of this name; refused where none follows. */
  MultipartBody find(String name) throws IOException {
    while (next()) {
      if (name().equals(Optional.of(name))) {
        return this;
      }
    }
    throw Refusal.badRequest("The multipart body has no part named " + name + ".");
  }

  /** The field's name of this part, where it has one. */
  Optional<String> name() {
    return FormField.parameter(headers, "name");
  }

  /** The name that the sender gave the file; to be trusted in nothing. */
  Optional<String> fileName() {
    return FormField.parameter(headers, "filename");
  }

  /** The content of this part; it ends where the part ends. */
  InputStream content() {
    return new Content();
  }

  /** Reads over all that follows, to the end of the body. */
  void finish() throws IOException {
    boolean more = next();
    while (more) {
      more = next();
    }
    source.transferTo(OutputStream.nullOutputStream());
  }

  private final class Content extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (partEnded || length == 0) {
        return partEnded ? -1 : 0;
      }
      int ready = readyBytes();
      if (ready == 0) {
        partEnded = true;
        return -1;
      }
      int count = Math.min(ready, length);
      System.arraycopy(block, at, target, offset, count);
      at += count;
      return count;
    }
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

  /** Whether the delimiter that was consumed is the last one. */
  private boolean isLast() throws IOException {
    while (end - at < 2) {
      fill();
    }
    return block[at] == '-' && block[at + 1] == '-';
  }

  private String partHeaders() throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
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
