package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a stream of JSON objects, one a line, closed by an end line that carries the count; a
 * reader takes a stream without an end line for cut short. For one thread. {@link #close()} leaves
 * the target open and writes no end line.
 */
public final class NdjsonWriter implements Closeable {
  private final OutputStream target;
  private final JsonGenerator out;
  private long count;

  public NdjsonWriter(OutputStream target) throws IOException {
    this.target = target;
    this.out = JsonOut.lines(target);
  }

  /** Writes one line. */
  public void line(JsonOut.Body body) throws IOException {
    write(body);
    count++;
  }

  /** Writes the end line: {@code {"end":true,"count":n, ...}}. */
  public void end(JsonOut.Body summary) throws IOException {
    write(
        json -> {
          json.writeBooleanField("end", true);
          json.writeNumberField("count", count);
          summary.write(json);
        });
    out.flush();
    target.flush();
  }

  /** Sends what is written so far to the peer. */
  public void flush() throws IOException {
    out.flush();
    target.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void write(JsonOut.Body body) throws IOException {
    out.writeStartObject();
    body.write(out);
    out.writeEndObject();
    out.writeRaw('\n');
  }
}
