package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Writes the small JSON documents of this contract with the streaming generator. Stateless. */
public final class JsonOut {
  /** Fills one object. */
  @FunctionalInterface
  public interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  private JsonOut() {}

  /** One object as UTF-8 octets. */
  public static byte[] object(Body body) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(256);
    try (JsonGenerator out = JsonObject.FACTORY.createGenerator(octets)) {
      out.writeStartObject();
      body.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array refused octets", e);
    }
    return octets.toByteArray();
  }

  /** A generator over the stream that leaves it open, one document a line, for NDJSON. */
  static JsonGenerator lines(OutputStream target) throws IOException {
    JsonGenerator out = JsonObject.FACTORY.createGenerator(target);
    out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    out.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    out.setRootValueSeparator(null);
    return out;
  }
}
