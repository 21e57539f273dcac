package io.diskmap.http.protocol;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link NdjsonWriter} writes. For one thread. A stream that ends without its end line,
 * or whose end line counts differently, is an error and never a short answer.
 */
public final class NdjsonReader implements Closeable {
  private static final int MAX_LINE = 64 * 1024;

  private final InputStream source;
  private final byte[] buffer = new byte[32 * 1024];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
  private int at;
  private int end;
  private long count;
  private @Nullable JsonObject summary;

  public NdjsonReader(InputStream source) {
    this.source = source;
  }

  /** The next line; empty once the end line has been seen and agrees. */
  public Optional<JsonObject> next() throws IOException {
    if (summary != null) {
      return Optional.empty();
    }
    JsonObject object = readLine();
    if (!object.flag("end", false)) {
      count++;
      return Optional.of(object);
    }
    if (object.number("count") != count) {
      throw new MalformedException("the listing lost lines on its way");
    }
    summary = object;
    return Optional.empty();
  }

  /** The end line; only after {@link #next()} was empty. */
  public JsonObject summary() {
    if (summary == null) {
      throw new IllegalStateException("the end line has not been read");
    }
    return summary;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private JsonObject readLine() throws IOException {
    line.reset();
    while (true) {
      for (int i = at; i < end; i++) {
        if (buffer[i] == '\n') {
          int from = at;
          at = i + 1;
          if (line.size() == 0) {
            return JsonObject.parse(buffer, from, i - from);
          }
          line.write(buffer, from, i - from);
          return JsonObject.parse(line.toByteArray());
        }
      }
      line.write(buffer, at, end - at);
      if (line.size() > MAX_LINE) {
        throw new MalformedException("a line of the listing is too long");
      }
      at = 0;
      end = source.read(buffer);
      if (end < 0) {
        end = 0;
        throw new MalformedException("the listing was cut short: its end line is missing");
      }
    }
  }
}
