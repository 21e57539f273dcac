package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Function;

/**
 * The boundaries of HTTP/1.1 messages in one direction of one connection, found as bytes pass. For
 * one thread.
 */
final class HttpMessages {
  private static final int MAX_LINE = 64 * 1024;

  private enum State {
    START_LINE,
    HEADERS,
    SIZED_BODY,
    CHUNK_SIZE,
    CHUNK_END,
    TRAILERS,
    REST
  }

  /** What a start line says about the body that follows. */
  enum Body {
    /** As the headers say; without any, there is none. */
    BY_HEADERS_OR_NONE,
    /** As the headers say; without any, until the connection ends. */
    BY_HEADERS_OR_REST,
    /** None, whatever the headers say. */
    NONE,
    /** Not a body: all that follows is another protocol. */
    UPGRADED
  }

  private final Function<String, Body> started;
  private final Runnable completed;
  private final StringBuilder lineSoFar = new StringBuilder();
  private State state = State.START_LINE;
  private Body body = Body.NONE;
  private boolean chunked;
  private boolean inChunk;
  private long length;

  /**
   * Watches for messages.
   *
   * @param started called with each start line, answers what body to expect
   * @param completed called at the end of each message
   */
  HttpMessages(Function<String, Body> started, Runnable completed) {
    this.started = started;
    this.completed = completed;
  }

  void accept(ByteBuffer data) {
    while (data.hasRemaining()) {
      if (state == State.REST) {
        return;
      }
      if (state == State.SIZED_BODY) {
        int skipped = (int) Math.min(length, data.remaining());
        data.position(data.position() + skipped);
        length -= skipped;
        if (length == 0) {
          bodyEnded();
        }
      } else {
        byteOfLine((char) (data.get() & 0xFF));
      }
    }
  }

  private void byteOfLine(char c) {
    if (c != '\n') {
      if (lineSoFar.length() == MAX_LINE) {
        throw new IllegalStateException("not HTTP/1.1: a line of more than " + MAX_LINE + " bytes");
      }
      lineSoFar.append(c);
      return;
    }
    String text = lineSoFar.toString();
    lineSoFar.setLength(0);
    line(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  private void line(String line) {
    switch (state) {
      case START_LINE -> startLine(line);
      case HEADERS -> header(line);
      case CHUNK_SIZE -> chunkSize(line);
      case CHUNK_END -> state = State.CHUNK_SIZE;
      case TRAILERS -> {
        if (line.isEmpty()) {
          messageEnded();
        }
      }
      default -> throw new IllegalStateException("no line expected in " + state);
    }
  }

  private void startLine(String line) {
    if (line.isEmpty()) {
      return;
    }
    if (!line.contains("HTTP/1.")) {
      throw new IllegalStateException("not HTTP/1.1: a first line without an HTTP version");
    }
    chunked = false;
    length = -1;
    body = started.apply(line);
    state = State.HEADERS;
  }

  private void header(String line) {
    if (line.isEmpty()) {
      headEnded();
      return;
    }
    String lower = line.toLowerCase(Locale.ROOT);
    if (lower.startsWith("content-length:")) {
      length = Long.parseLong(lower.substring("content-length:".length()).strip());
    } else if (lower.startsWith("transfer-encoding:")) {
      chunked = lower.strip().endsWith("chunked");
    }
  }

  private void headEnded() {
    if (body == Body.UPGRADED) {
      state = State.REST;
    } else if (body == Body.NONE) {
      messageEnded();
    } else if (chunked) {
      state = State.CHUNK_SIZE;
    } else if (length > 0) {
      inChunk = false;
      state = State.SIZED_BODY;
    } else if (length == 0 || body == Body.BY_HEADERS_OR_NONE) {
      messageEnded();
    } else {
      state = State.REST;
    }
  }

  private void chunkSize(String line) {
    int extension = line.indexOf(';');
    String digits = extension < 0 ? line : line.substring(0, extension);
    length = Long.parseLong(digits.strip(), 16);
    inChunk = length > 0;
    state = inChunk ? State.SIZED_BODY : State.TRAILERS;
  }

  private void bodyEnded() {
    if (inChunk) {
      state = State.CHUNK_END;
    } else {
      messageEnded();
    }
  }

  private void messageEnded() {
    state = State.START_LINE;
    completed.run();
  }
}
