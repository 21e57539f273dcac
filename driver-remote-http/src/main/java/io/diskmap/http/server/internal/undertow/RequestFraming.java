package io.diskmap.http.server.internal.undertow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Follows the octets of a connection and refuses every message whose end two HTTP parsers could see
 * in different places (RFC 9112, 11.2). One per connection; used by one thread at a time.
 *
 * <p>It is stricter than the grammar on purpose, because the callers are programs: lines end in
 * CRLF, no header line is folded or begins with a blank, a length is given once and in one way, a
 * chunk has a bare hexadecimal size, and there is neither a chunk extension nor a trailer. Octets
 * of a body are skipped, not looked at.
 */
final class RequestFraming {
  private enum State {
    REQUEST_LINE,
    HEADER_LINE,
    BODY,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER
  }

  private static final int MAX_CHUNK_SIZE_LINE = 18;

  private final byte[] line;
  private final int maxHead;
  private State state = State.REQUEST_LINE;
  private int length;
  private int head;
  private long remaining;
  private long contentLength;
  private boolean chunked;

  RequestFraming(int maxHead) {
    this.maxHead = maxHead;
    this.line = new byte[Math.min(maxHead, 16 * 1024)];
  }

  /** Whether the connection stands inside a body, where the engine can no longer answer 400. */
  boolean insideBody() {
    return state != State.REQUEST_LINE && state != State.HEADER_LINE;
  }

  /** Looks at the octets from {@code from} to {@code to}; false refuses the connection. */
  boolean accept(ByteBuffer octets, int from, int to) {
    int at = from;
    while (at < to) {
      if (state == State.BODY || state == State.CHUNK_DATA) {
        int skip = (int) Math.min(remaining, to - at);
        at += skip;
        remaining -= skip;
        if (remaining == 0) {
          begin(state == State.BODY ? State.REQUEST_LINE : State.CHUNK_END);
        }
      } else if (!acceptInLine(octets.get(at++))) {
        return false;
      }
    }
    return true;
  }

  private boolean acceptInLine(byte octet) {
    int limit = state == State.CHUNK_SIZE ? MAX_CHUNK_SIZE_LINE : line.length;
    if (length == limit || (!insideBody() && ++head > maxHead)) {
      return false;
    }
    if (octet != '\n') {
      line[length++] = octet;
      return (octet & 0xff) >= ' ' && octet != 0x7f || octet == '\t' || octet == '\r';
    }
    if (length == 0 || line[length - 1] != '\r') {
      return false;
    }
    int end = length - 1;
    for (int i = 0; i < end; i++) {
      if (line[i] == '\r') {
        return false;
      }
    }
    length = 0;
    return switch (state) {
      case REQUEST_LINE -> requestLine(end);
      case HEADER_LINE -> end == 0 ? endOfHead() : headerLine(end);
      case CHUNK_SIZE -> chunkSize(end);
      case CHUNK_END -> end == 0 && begin(State.CHUNK_SIZE);
      case TRAILER -> end == 0 && begin(State.REQUEST_LINE);
      case BODY, CHUNK_DATA -> throw new IllegalStateException("a body has no lines");
    };
  }

  private boolean requestLine(int end) {
    int blanks = 0;
    for (int i = 0; i < end; i++) {
      if (line[i] == ' ') {
        blanks++;
      } else if (line[i] == '\t' || line[i] < 0) {
        return false;
      }
    }
    String version = end < 8 ? "" : text(end - 8, end);
    contentLength = -1;
    chunked = false;
    return blanks == 2
        && line[0] != ' '
        && (version.equals("HTTP/1.1") || version.equals("HTTP/1.0"))
        && begin(State.HEADER_LINE);
  }

  private boolean headerLine(int end) {
    int colon = 0;
    while (colon < end && line[colon] != ':') {
      if (!isToken(line[colon])) {
        return false;
      }
      colon++;
    }
    if (colon == 0 || colon == end) {
      return false;
    }
    String name = text(0, colon).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "content-length" -> contentLength(text(colon + 1, end).strip());
      case "transfer-encoding" -> transferEncoding(text(colon + 1, end).strip());
      default -> true;
    };
  }

  private boolean contentLength(String value) {
    if (contentLength >= 0 || chunked || value.isEmpty() || value.length() > 18) {
      return false;
    }
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      number = number * 10 + digit;
    }
    contentLength = number;
    return true;
  }

  private boolean transferEncoding(String value) {
    boolean first = !chunked && contentLength < 0;
    chunked = true;
    return first && value.equalsIgnoreCase("chunked");
  }

  private boolean endOfHead() {
    if (chunked) {
      return begin(State.CHUNK_SIZE);
    }
    remaining = Math.max(0, contentLength);
    return begin(remaining == 0 ? State.REQUEST_LINE : State.BODY);
  }

  private boolean chunkSize(int end) {
    if (end == 0 || end > 15) {
      return false;
    }
    remaining = 0;
    for (int i = 0; i < end; i++) {
      int digit = Character.digit(line[i], 16);
      if (digit < 0) {
        return false;
      }
      remaining = remaining << 4 | digit;
    }
    return begin(remaining == 0 ? State.TRAILER : State.CHUNK_DATA);
  }

  private boolean begin(State next) {
    state = next;
    if (next == State.REQUEST_LINE) {
      head = 0;
    }
    return true;
  }

  private String text(int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isToken(byte c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
