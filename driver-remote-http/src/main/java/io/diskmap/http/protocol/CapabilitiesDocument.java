package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.Capabilities;
import io.diskmap.Durability;
import java.io.IOException;
import java.util.Locale;

/** What a disk can do, as JSON in the answer of {@code health}. Stateless. */
public final class CapabilitiesDocument {
  private CapabilitiesDocument() {}

  /** Writes the members into the object that is open. */
  public static void write(JsonGenerator out, Capabilities value) throws IOException {
    out.writeStringField("createCondition", word(value.createCondition()));
    out.writeStringField("matchCondition", word(value.matchCondition()));
    out.writeStringField("durability", word(value.durability()));
    out.writeBooleanField("strongTags", value.strongTags());
    out.writeBooleanField("caseSensitive", value.caseSensitive());
    out.writeNumberField("maxSegmentBytes", value.maxSegmentBytes());
    out.writeNumberField("maxPathBytes", value.maxPathBytes());
    out.writeNumberField("maxFileBytes", value.maxFileBytes());
  }

  /** Reads the members; a copy and a move go through the client. */
  public static Capabilities read(JsonObject json) throws MalformedException {
    return new Capabilities(
        constant(Capabilities.Atomicity.class, json.text("createCondition")),
        constant(Capabilities.Atomicity.class, json.text("matchCondition")),
        constant(Durability.class, json.text("durability")),
        json.flag("strongTags", false),
        false,
        false,
        json.flag("caseSensitive", true),
        (int) json.number("maxSegmentBytes"),
        (int) json.number("maxPathBytes"),
        json.number("maxFileBytes"));
  }

  /** The constant that a word names. */
  public static <E extends Enum<E>> E constant(Class<E> type, String word)
      throws MalformedException {
    try {
      return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a word is none that this version knows");
    }
  }

  /** The word for a constant. */
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
