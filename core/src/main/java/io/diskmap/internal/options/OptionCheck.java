package io.diskmap.internal.options;

import io.diskmap.DiskMapException;
import io.diskmap.DiskMapException.Problem;
import io.diskmap.Secret;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonArray;
import io.diskmap.internal.json.JsonValue.JsonBool;
import io.diskmap.internal.json.JsonValue.JsonMember;
import io.diskmap.internal.json.JsonValue.JsonNumber;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.JsonValue.JsonText;
import io.diskmap.internal.json.Position;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON objects against option tables, collects every problem, and answers typed values.
 * Confined to one thread.
 *
 * <p>Without references it checks as much as the text itself shows: a value that mentions a
 * reference is left out of the answer. With references it resolves them, and it reads secrets once
 * to see that they are there. No problem repeats a value.
 */
public final class OptionCheck {
  private static final int LONGEST_NAME = 64;

  private final String disk;
  private final List<Problem> problems;
  private final @Nullable References references;

  /** A check that knows the problems' disk, adds to the list, and resolves if it has references. */
  public OptionCheck(String disk, List<Problem> problems, @Nullable References references) {
    this.disk = disk;
    this.problems = problems;
    this.references = references;
  }

  /**
   * The typed values of an object, defaults included: string, long, boolean, duration, path, URI,
   * list, mode as integer, {@link Secret}, or a map for a nested object. What is wrong is left out.
   *
   * @param prefix stands before the names of keys in problems, such as {@code server.tls.}
   */
  public Map<String, Object> check(OptionTable table, JsonObject object, String prefix) {
    return check(table, object, prefix, List.of());
  }

  /**
   * As {@link #check(OptionTable, JsonObject, String)}, and knows that more keys are checked
   * elsewhere.
   */
  public Map<String, Object> check(
      OptionTable table, JsonObject object, String prefix, Collection<String> elsewhere) {
    List<String> known = new ArrayList<>(table.names());
    known.addAll(elsewhere);
    object
        .members()
        .forEach(
            (key, member) -> {
              if (!known.contains(key)) {
                add(prefix + key, member.keyPosition(), unknown(key, known));
              }
            });
    Map<String, Object> values = new LinkedHashMap<>();
    for (Option option : table.all()) {
      JsonMember member = object.members().get(option.name());
      String key = prefix + option.name();
      if (member == null) {
        absent(option, key, object.position()).ifPresent(value -> values.put(option.name(), value));
      } else {
        given(option, key, member.value()).ifPresent(value -> values.put(option.name(), value));
      }
    }
    return values;
  }

  /** Whether references are resolved, so that every value that is right is in the answer. */
  public boolean resolves() {
    return references != null;
  }

  /** How many problems there are so far. */
  public int problems() {
    return problems.size();
  }

  /** Adds a problem of this disk. */
  public void add(String key, Position position, String message) {
    String shown = printable(key);
    problems.add(new Problem(disk, shown, position.line(), position.column(), message));
  }

  /** A name as it can stand in a message: one line, and not endless. */
  public static String printable(String name) {
    String shown = name.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return shown.length() <= LONGEST_NAME ? shown : shown.substring(0, LONGEST_NAME) + "...";
  }

  /** The sentence about a key that is none of the known ones. */
  public static String unknown(String key, Collection<String> known) {
    return "unknown key; "
        + Nearest.of(key, known)
            .map(near -> "did you mean \"" + near + "\"?")
            .orElse("known keys are " + String.join(", ", known));
  }

  private Optional<Object> absent(Option option, String key, Position position) {
    if (option.isRequired()) {
      add(key, position, "missing; " + TextValue.expected(option.type()) + hint(option));
    }
    if (option.defaultText() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(option, option.defaultText()));
    } catch (BadValueException impossible) {
      throw new IllegalStateException("the default of " + option.name(), impossible);
    }
  }

  private static String hint(Option option) {
    return option.help().isEmpty() ? "" : " (" + option.help() + ")";
  }

  private Optional<Object> given(Option option, String key, JsonValue value) {
    if (option.table() != null) {
      if (value instanceof JsonObject nested) {
        return Optional.of(check(option.table(), nested, key + "."));
      }
      add(key, value.position(), expected(option, value));
      return Optional.empty();
    }
    try {
      return typed(option, value);
    } catch (BadValueException refused) {
      add(key, value.position(), String.valueOf(refused.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Object> typed(Option option, JsonValue value) throws BadValueException {
    if (option.type() == OptionType.TEXT_LIST) {
      return value instanceof JsonArray list ? texts(option, list) : refuse(option, value);
    }
    if (value instanceof JsonText text) {
      return option.isSecret() ? secret(text.text()) : text(option, text);
    }
    if (option.type() == OptionType.BOOLEAN && value instanceof JsonBool flag) {
      return Optional.of(flag.value());
    }
    boolean counts = option.type() == OptionType.INTEGER || option.type() == OptionType.SIZE;
    if (counts && value instanceof JsonNumber number && number.whole().isPresent()) {
      return Optional.of(parse(option, number.whole().get().toString()));
    }
    return refuse(option, value);
  }

  private Optional<Object> text(Option option, JsonText value) throws BadValueException {
    String text = value.text();
    boolean mentions = References.mentions(text);
    if (mentions && references == null) {
      requireWellWritten(text);
      return Optional.empty();
    }
    boolean quoted = option.type() == OptionType.INTEGER || option.type() == OptionType.BOOLEAN;
    if (!mentions && quoted) {
      return refuse(option, value);
    }
    String expanded = mentions && references != null ? references.expand(text) : text;
    if (option.isRequired() && expanded.isBlank()) {
      throw new BadValueException("the value is empty");
    }
    return Optional.of(parse(option, expanded));
  }

  private Optional<Object> secret(String text) throws BadValueException {
    requireWellWritten(text);
    References resolver = references;
    if (resolver == null) {
      if (text.isEmpty()) {
        throw new BadValueException("the secret is empty");
      }
      return Optional.empty();
    }
    reveal(resolver, text);
    return Optional.of(Secret.from(() -> revealLater(resolver, text)));
  }

  private static String reveal(References references, String text) throws BadValueException {
    String value = references.expand(text);
    if (value.isEmpty()) {
      throw new BadValueException(
          "the secret is empty"
              + (References.isOnlyReference(text) ? ": " + text + " holds nothing" : ""));
    }
    return value;
  }

  private String revealLater(References resolver, String text) {
    try {
      return reveal(resolver, text);
    } catch (BadValueException refused) {
      throw new DiskMapException(
          List.of(new Problem(disk, "", 0, 0, String.valueOf(refused.getMessage()))));
    }
  }

  private Optional<Object> texts(Option option, JsonArray list) throws BadValueException {
    List<String> texts = new ArrayList<>();
    boolean complete = true;
    for (JsonValue item : list.items()) {
      if (!(item instanceof JsonText text)) {
        return refuse(option, item);
      }
      if (!References.mentions(text.text())) {
        texts.add(text.text());
      } else if (references != null) {
        texts.add(references.expand(text.text()));
      } else {
        requireWellWritten(text.text());
        complete = false;
      }
    }
    return complete ? Optional.of(List.copyOf(texts)) : Optional.empty();
  }

  private static void requireWellWritten(String text) throws BadValueException {
    Optional<String> mistake = References.mistake(text);
    if (mistake.isPresent()) {
      throw new BadValueException(mistake.get());
    }
  }

  private static Object parse(Option option, String text) throws BadValueException {
    return TextValue.parse(
        option.type(), option.choices(), option.minimum(), option.maximum(), text);
  }

  private static Optional<Object> refuse(Option option, JsonValue value) throws BadValueException {
    throw new BadValueException(expected(option, value));
  }

  private static String expected(Option option, JsonValue value) {
    String found = value instanceof JsonText ? "a text in quotes" : value.kind();
    if (option.type() == OptionType.CHOICE) {
      return "expected one of " + String.join(", ", option.choices()) + ", but found " + found;
    }
    return TextValue.expected(option.type()) + ", but found " + found;
  }
}
