package io.diskmap.internal.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value with its position in the text. Immutable; any thread may use it. The text form of a
 * value shows its kind only, since any text can be a secret.
 */
public sealed interface JsonValue {

  /** Where the value begins. */
  Position position();

  /** The kind of the value with its article, such as {@code a number}. */
  String kind();

  /** The value as plain Java: map, list, string, long, big decimal, boolean or null. */
  @Nullable Object toPlain();

  /**
   * The value of a plain Java object: map with string keys, iterable, character sequence, number,
   * boolean or null. Other objects stand as their text.
   */
  static JsonValue of(@Nullable Object plain) {
    if (plain == null) {
      return new JsonNull(Position.NONE);
    }
    if (plain instanceof JsonValue value) {
      return value;
    }
    if (plain instanceof Map<?, ?> map) {
      Map<String, JsonMember> members = new LinkedHashMap<>();
      map.forEach(
          (key, value) ->
              members.put(String.valueOf(key), new JsonMember(Position.NONE, of(value))));
      return new JsonObject(Position.NONE, members);
    }
    if (plain instanceof Iterable<?> list && !(plain instanceof java.nio.file.Path)) {
      List<JsonValue> items = new ArrayList<>();
      list.forEach(item -> items.add(of(item)));
      return new JsonArray(Position.NONE, items);
    }
    if (plain instanceof Number number) {
      return new JsonNumber(Position.NONE, number.toString());
    }
    if (plain instanceof Boolean flag) {
      return new JsonBool(Position.NONE, flag);
    }
    return new JsonText(Position.NONE, plain.toString());
  }

  /** A member of an object: where its key stands, and its value. */
  record JsonMember(Position keyPosition, JsonValue value) {}

  /** An object; its members keep their order. */
  record JsonObject(Position position, Map<String, JsonMember> members) implements JsonValue {
    public JsonObject {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** The value under a key. */
    public Optional<JsonValue> get(String key) {
      return Optional.ofNullable(members.get(key)).map(JsonMember::value);
    }

    /** Where the value under a key stands, or the object itself where there is none. */
    public Position positionOf(String key) {
      JsonMember member = members.get(key);
      return member == null ? position : member.value().position();
    }

    /** Where a key stands, or the object itself where it has none. */
    public Position keyPositionOf(String key) {
      JsonMember member = members.get(key);
      return member == null ? position : member.keyPosition();
    }

    /** The same object with one member more, or with another value under the key. */
    public JsonObject with(String key, JsonValue value) {
      Map<String, JsonMember> changed = new LinkedHashMap<>(members);
      JsonMember old = members.get(key);
      changed.put(key, new JsonMember(old == null ? position : old.keyPosition(), value));
      return new JsonObject(position, changed);
    }

    @Override
    public String kind() {
      return "an object";
    }

    @Override
    public Map<String, @Nullable Object> toPlain() {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      members.forEach((key, member) -> plain.put(key, member.value().toPlain()));
      return plain;
    }
  }

  /** A list. */
  record JsonArray(Position position, List<JsonValue> items) implements JsonValue {
    public JsonArray {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }

    @Override
    public List<@Nullable Object> toPlain() {
      List<@Nullable Object> plain = new ArrayList<>();
      items.forEach(item -> plain.add(item.toPlain()));
      return plain;
    }
  }

  /** A text. */
  record JsonText(Position position, String text) implements JsonValue {
    @Override
    public String kind() {
      return "a text";
    }

    @Override
    public String toPlain() {
      return text;
    }

    @Override
    public String toString() {
      return "JsonText[***]";
    }
  }

  /** A number, kept as it is written. */
  record JsonNumber(Position position, String literal) implements JsonValue {
    @Override
    public String kind() {
      return "a number";
    }

    /** The number as a long, or empty where it has a fraction or does not fit. */
    public Optional<Long> whole() {
      try {
        return Optional.of(new BigDecimal(literal).longValueExact());
      } catch (ArithmeticException | NumberFormatException notWhole) {
        return Optional.empty();
      }
    }

    @Override
    public Object toPlain() {
      Optional<Long> whole = whole();
      return whole.isPresent() ? whole.get() : new BigDecimal(literal);
    }

    @Override
    public String toString() {
      return "JsonNumber[***]";
    }
  }

  /** {@code true} or {@code false}. */
  record JsonBool(Position position, boolean value) implements JsonValue {
    @Override
    public String kind() {
      return value ? "true" : "false";
    }

    @Override
    public Boolean toPlain() {
      return value;
    }
  }

  /** {@code null}. */
  record JsonNull(Position position) implements JsonValue {
    @Override
    public String kind() {
      return "null";
    }

    @Override
    public @Nullable Object toPlain() {
      return null;
    }
  }
}
