package io.diskmap.internal.options;

import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionType;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules that every option obeys when it is made. Any thread may call it. */
public final class OptionRules {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final List<OptionType> WITH_LIMITS =
      List.of(OptionType.INTEGER, OptionType.DURATION, OptionType.SIZE);

  private OptionRules() {}

  /**
   * Checks the parts of an option against each other.
   *
   * @throws IllegalArgumentException naming the option and the rule it breaks
   */
  public static void check(
      String name,
      OptionType type,
      @Nullable String defaultText,
      @Nullable String minimum,
      @Nullable String maximum,
      List<String> choices,
      boolean required,
      boolean secret,
      @Nullable OptionTable table) {
    rule(NAME.matcher(name).matches(), name, "a name has lower-case letters, digits and _");
    rule(choices.isEmpty() == (type != OptionType.CHOICE), name, "a choice lists its words");
    rule((table == null) == (type != OptionType.OBJECT), name, "an object has a table");
    rule(!secret || type == OptionType.TEXT, name, "a secret is a text");
    rule(!required || defaultText == null, name, "a required option has no default");
    rule(!secret || defaultText == null, name, "a secret has no default");
    rule(defaultText == null || type != OptionType.OBJECT, name, "an object has no default");
    boolean limited = minimum != null || maximum != null;
    rule(!limited || WITH_LIMITS.contains(type), name, "this type has no limits");
    for (String text : Arrays.asList(minimum, maximum, defaultText)) {
      if (text != null) {
        parses(name, type, text, minimum, maximum, choices);
      }
    }
  }

  private static void parses(
      String name,
      OptionType type,
      String text,
      @Nullable String minimum,
      @Nullable String maximum,
      List<String> choices) {
    try {
      TextValue.parse(type, choices, minimum, maximum, text);
    } catch (BadValueException refused) {
      throw new IllegalArgumentException("option " + name + ": " + refused.getMessage(), refused);
    }
  }

  private static void rule(boolean holds, String name, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("option " + name + ": " + rule);
    }
  }
}
