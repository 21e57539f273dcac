package io.diskmap.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.diskmap.internal.json.JsonValue.JsonArray;
import io.diskmap.internal.json.JsonValue.JsonBool;
import io.diskmap.internal.json.JsonValue.JsonMember;
import io.diskmap.internal.json.JsonValue.JsonNull;
import io.diskmap.internal.json.JsonValue.JsonNumber;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.JsonValue.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed JSON text: its tree, where one can be built, and its mistakes. Immutable; any thread may
 * use it.
 *
 * <p>A key that stands twice is a mistake, and the first one counts. Depth and size are bounded. No
 * message repeats a part of the text, since it can be a secret.
 *
 * @param root the tree, empty where the text is no JSON
 * @param mistakes syntax errors and keys that stand twice
 */
public record JsonDocument(Optional<JsonValue> root, List<JsonMistake> mistakes) {
  /** The longest text that is read, in characters. */
  public static final int MAX_CHARS = 4 * 1024 * 1024;

  private static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_CHARS)
                  .build())
          .build();

  public JsonDocument {
    mistakes = List.copyOf(mistakes);
  }

  /** Parses a whole text; a byte order mark at its begin is passed over. */
  public static JsonDocument parse(String text) {
    if (text.length() > MAX_CHARS) {
      String message = "the JSON text is longer than " + MAX_CHARS + " characters";
      return failed(new JsonMistake(List.of(), new Position(1, 1), message));
    }
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try (JsonParser parser = FACTORY.createParser(body)) {
      return new Reader(parser).document();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static JsonDocument failed(JsonMistake mistake) {
    return new JsonDocument(Optional.empty(), List.of(mistake));
  }

  /** Reads one document, used by one thread. */
  private static final class Reader {
    private final JsonParser parser;
    private final Deque<String> path = new ArrayDeque<>();
    private final List<JsonMistake> mistakes = new ArrayList<>();

    Reader(JsonParser parser) {
      this.parser = parser;
    }

    JsonDocument document() throws IOException {
      try {
        if (parser.nextToken() == null) {
          return failed(new JsonMistake(List.of(), new Position(1, 1), "the JSON text is empty"));
        }
        JsonValue root = value();
        if (parser.nextToken() != null) {
          mistakes.add(mistake(here(), "more text stands behind the end of the JSON value"));
        }
        return new JsonDocument(Optional.of(root), mistakes);
      } catch (JsonProcessingException syntax) {
        JsonLocation at = syntax.getLocation();
        Position position = position(at == null ? parser.currentLocation() : at);
        mistakes.add(mistake(position, SyntaxSentence.of(syntax)));
        return new JsonDocument(Optional.empty(), mistakes);
      }
    }

    private JsonValue value() throws IOException {
      Position position = here();
      JsonToken token = parser.currentToken();
      return switch (token) {
        case START_OBJECT -> object(position);
        case START_ARRAY -> array(position);
        case VALUE_STRING -> new JsonText(position, parser.getText());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(position, parser.getText());
        case VALUE_TRUE -> new JsonBool(position, true);
        case VALUE_FALSE -> new JsonBool(position, false);
        case VALUE_NULL -> new JsonNull(position);
        default -> throw new IllegalStateException("a JSON value cannot begin with " + token);
      };
    }

    private JsonObject object(Position position) throws IOException {
      Map<String, JsonMember> members = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        Position keyPosition = here();
        path.addLast(key);
        parser.nextToken();
        JsonMember member = new JsonMember(keyPosition, value());
        JsonMember first = members.putIfAbsent(key, member);
        if (first != null) {
          int line = first.keyPosition().line();
          mistakes.add(mistake(keyPosition, "the key stands twice, first in line " + line));
        }
        path.removeLast();
      }
      return new JsonObject(position, members);
    }

    private JsonArray array(Position position) throws IOException {
      List<JsonValue> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value());
      }
      return new JsonArray(position, items);
    }

    private JsonMistake mistake(Position position, String message) {
      return new JsonMistake(List.copyOf(path), position, message);
    }

    private Position here() {
      return position(parser.currentTokenLocation());
    }

    private static Position position(JsonLocation location) {
      return new Position(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }
  }

  /** Words for the parser's errors that repeat nothing of the text. */
  private static final class SyntaxSentence {
    private SyntaxSentence() {}

    static String of(JsonProcessingException error) {
      if (error instanceof StreamConstraintsException) {
        return "the JSON text is nested deeper than "
            + MAX_DEPTH
            + " levels, or holds a name or number that is too long";
      }
      String said = String.valueOf(error.getOriginalMessage());
      if (said.startsWith("Unexpected end-of-input")) {
        return "the JSON text ends too early: a quote, } or ] is missing";
      }
      if (said.startsWith("Unrecognized token")) {
        return "a word stands here without quotes: text needs double quotes";
      }
      if (said.startsWith("Unexpected close marker")) {
        return "this bracket does not match the one that is open";
      }
      if (said.startsWith("Illegal unquoted character")) {
        return "a line break or control character stands inside a text: write it as \\n or \\u....";
      }
      if (said.contains("escape")) {
        return "a backslash begins no known escape: write \\\\ for the backslash itself";
      }
      if (said.contains("maybe a (non-standard) comment")) {
        return "a comment stands here, and JSON has none";
      }
      if (said.contains("to start field name")) {
        return "a key in double quotes is expected here (no comma may stand before })";
      }
      if (said.contains("was expecting comma")) {
        return "a comma or the closing bracket is expected here";
      }
      if (said.contains("was expecting a colon")) {
        return "a colon is expected between a key and its value";
      }
      return "this is no valid JSON value";
    }
  }
}
