package io.diskmap.spi;

import io.diskmap.internal.options.OptionRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One option of a driver: its name, type, limits and help. Immutable; the methods that change
 * something return another option.
 *
 * <p>Parsing, validation, redaction, the JSON Schema and the documentation all read it. An option
 * whose default or limits its own type refuses cannot be made.
 *
 * @param name the key in the disk map, in lower case with underscores
 * @param type the type of the value
 * @param defaultText the default as text, or null where there is none
 * @param minimum the smallest value as text, or null
 * @param maximum the largest value as text, or null
 * @param choices the words of a {@link OptionType#CHOICE}, else empty
 * @param help one or two sentences for the documentation
 * @param isRequired whether the map has to give a value
 * @param isSecret whether the value is never shown and read again each time
 * @param unit what a whole number counts, empty where that is plain
 * @param table the options inside an {@link OptionType#OBJECT}, else null
 */
public record Option(
    String name,
    OptionType type,
    @Nullable String defaultText,
    @Nullable String minimum,
    @Nullable String maximum,
    List<String> choices,
    String help,
    boolean isRequired,
    boolean isSecret,
    String unit,
    @Nullable OptionTable table) {

  public Option {
    choices = List.copyOf(choices);
    OptionRules.check(
        name, type, defaultText, minimum, maximum, choices, isRequired, isSecret, table);
  }

  /** An option of any text. */
  public static Option text(String name) {
    return of(name, OptionType.TEXT);
  }

  /** An option of a text that is never shown and read again for each session. */
  public static Option secret(String name) {
    return of(name, OptionType.TEXT, List.of(), true, null);
  }

  /** An option of a whole number. */
  public static Option integer(String name) {
    return of(name, OptionType.INTEGER);
  }

  /** An option of {@code true} or {@code false}. */
  public static Option flag(String name) {
    return of(name, OptionType.BOOLEAN);
  }

  /** An option of a duration. */
  public static Option duration(String name) {
    return of(name, OptionType.DURATION);
  }

  /** An option of a number of bytes. */
  public static Option size(String name) {
    return of(name, OptionType.SIZE);
  }

  /** An option of one of these words. */
  public static Option choice(String name, String... words) {
    return of(name, OptionType.CHOICE, List.of(words), false, null);
  }

  /** An option of a path of this machine. */
  public static Option path(String name) {
    return of(name, OptionType.PATH);
  }

  /** An option of an http or https URL. */
  public static Option url(String name) {
    return of(name, OptionType.URL);
  }

  /** An option of a list of texts. */
  public static Option list(String name) {
    return of(name, OptionType.TEXT_LIST);
  }

  /** An option of permission bits. */
  public static Option mode(String name) {
    return of(name, OptionType.MODE);
  }

  /** An option that holds options of its own. */
  public static Option object(String name, Option... options) {
    return of(name, OptionType.OBJECT, List.of(), false, OptionTable.of(options));
  }

  private static Option of(String name, OptionType type) {
    return of(name, type, List.of(), false, null);
  }

  private static Option of(
      String name,
      OptionType type,
      List<String> words,
      boolean secret,
      @Nullable OptionTable table) {
    return new Option(name, type, null, null, null, words, "", false, secret, "", table);
  }

  /** The same option, and the map has to give it. */
  public Option required() {
    return new Option(
        name, type, defaultText, minimum, maximum, choices, help, true, isSecret, unit, table);
  }

  /** The same option with a default; a list takes its texts with commas between them. */
  public Option defaultTo(String text) {
    return new Option(
        name, type, text, minimum, maximum, choices, help, isRequired, isSecret, unit, table);
  }

  /** The same option with a number as its default. */
  public Option defaultTo(long number) {
    return defaultTo(Long.toString(number));
  }

  /** The same option with {@code true} or {@code false} as its default. */
  public Option defaultTo(boolean value) {
    return defaultTo(Boolean.toString(value));
  }

  /** The same option with limits, both included; whole numbers, durations and sizes have them. */
  public Option between(String least, String most) {
    return new Option(
        name, type, defaultText, least, most, choices, help, isRequired, isSecret, unit, table);
  }

  /** The same option with limits in numbers, both included. */
  public Option between(long least, long most) {
    return between(Long.toString(least), Long.toString(most));
  }

  /** The same option with a smallest value. */
  public Option atLeast(String least) {
    return new Option(
        name, type, defaultText, least, maximum, choices, help, isRequired, isSecret, unit, table);
  }

  /** The same option with help: what it does, and when to change it. */
  public Option help(String sentences) {
    return new Option(
        name,
        type,
        defaultText,
        minimum,
        maximum,
        choices,
        sentences,
        isRequired,
        isSecret,
        unit,
        table);
  }

  /** The same option, counting something, such as {@code requests}. */
  public Option unit(String counted) {
    return new Option(
        name,
        type,
        defaultText,
        minimum,
        maximum,
        choices,
        help,
        isRequired,
        isSecret,
        counted,
        table);
  }
}
