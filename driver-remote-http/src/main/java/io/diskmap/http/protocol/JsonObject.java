package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON object as it stands on the wire, read at the edge and turned into a record at once.
 * Immutable. Unknown members are kept and ignored; a member of the wrong type refuses the document.
 */
public final class JsonObject {
  /** The one factory of this contract: strict, with small limits. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxStringLength(64 * 1024)
                  .maxNumberLength(40)
                  .build())
          .build();

  private final Map<String, @Nullable Object> members;

  private JsonObject(Map<String, @Nullable Object> members) {
    this.members = members;
  }

  /** Reads one whole document. */
  public static JsonObject parse(byte[] document, int offset, int length)
      throws MalformedException {
    try (JsonParser parser = FACTORY.createParser(document, offset, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedException("the document is not a JSON object");
      }
      JsonObject object = object(parser);
      if (parser.nextToken() != null) {
        throw new MalformedException("the document goes on after its end");
      }
      return object;
    } catch (MalformedException e) {
      throw e;
    } catch (IOException e) {
      throw new MalformedException("the document is not valid JSON");
    }
  }

  /** Reads one whole document. */
  public static JsonObject parse(byte[] document) throws MalformedException {
    return parse(document, 0, document.length);
  }

  public boolean has(String name) {
    return members.get(name) != null;
  }

  public String text(String name) throws MalformedException {
    return optionalText(name).orElseThrow(() -> missing(name));
  }

  public Optional<String> optionalText(String name) throws MalformedException {
    return member(name, String.class);
  }

  public long number(String name) throws MalformedException {
    return optionalNumber(name).orElseThrow(() -> missing(name));
  }

  public Optional<Long> optionalNumber(String name) throws MalformedException {
    return member(name, Long.class);
  }

  public boolean flag(String name, boolean absent) throws MalformedException {
    return member(name, Boolean.class).orElse(absent);
  }

  public Optional<JsonObject> object(String name) throws MalformedException {
    return member(name, JsonObject.class);
  }

  /** The objects of an array; an absent member has none. */
  public List<JsonObject> objects(String name) throws MalformedException {
    List<JsonObject> all = new ArrayList<>();
    for (Object item : array(name)) {
      if (!(item instanceof JsonObject object)) {
        throw new MalformedException("member " + name + " must hold objects");
      }
      all.add(object);
    }
    return all;
  }

  /** The texts of an array; an absent member has none. */
  public List<String> textList(String name) throws MalformedException {
    List<String> all = new ArrayList<>();
    for (Object item : array(name)) {
      if (!(item instanceof String text)) {
        throw new MalformedException("member " + name + " must hold texts");
      }
      all.add(text);
    }
    return all;
  }

  /** An array of pairs of whole numbers, such as the received spans of an upload. */
  public List<long[]> spans(String name) throws MalformedException {
    List<long[]> spans = new ArrayList<>();
    for (Object item : array(name)) {
      if (!(item instanceof List<?> pair)
          || pair.size() != 2
          || !(pair.get(0) instanceof Long from)
          || !(pair.get(1) instanceof Long to)) {
        throw new MalformedException("member " + name + " must hold pairs of numbers");
      }
      spans.add(new long[] {from, to});
    }
    return spans;
  }

  /** The members of a flat object of texts, such as user attributes; absent means none. */
  public Map<String, String> texts(String name) throws MalformedException {
    Map<String, String> texts = new LinkedHashMap<>();
    Optional<JsonObject> object = object(name);
    if (object.isPresent()) {
      for (String key : object.get().members.keySet()) {
        texts.put(key, object.get().text(key));
      }
    }
    return texts;
  }

  private List<?> array(String name) throws MalformedException {
    Optional<?> list = member(name, List.class);
    return list.isPresent() ? (List<?>) list.get() : List.of();
  }

  private <T> Optional<T> member(String name, Class<T> type) throws MalformedException {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw new MalformedException("member " + name + " has the wrong type");
    }
    return Optional.of(type.cast(value));
  }

  private static MalformedException missing(String name) {
    return new MalformedException("member " + name + " is missing");
  }

  private static JsonObject object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return new JsonObject(members);
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> throw new MalformedException("the document is cut short");
    };
  }
}
