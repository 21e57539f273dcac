package io.diskmap.internal.options;

import io.diskmap.spi.OptionType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the text of an option into its typed value. Any thread may call it. */
public final class TextValue {
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern OCTAL = Pattern.compile("0?[0-7]{3}|[0-7]{4}");

  private TextValue() {}

  /** The typed value of a text of a type that needs no words and no limits. */
  public static Object parse(OptionType type, String text) throws BadValueException {
    return parse(type, List.of(), text);
  }

  /** The typed value of a text, within the limits. */
  static Object parse(
      OptionType type,
      List<String> choices,
      @Nullable String minimum,
      @Nullable String maximum,
      String text)
      throws BadValueException {
    Object value = parse(type, choices, text);
    if (minimum != null) {
      inside(compare(value, parse(type, choices, minimum)) >= 0, minimum, maximum);
    }
    if (maximum != null) {
      inside(compare(value, parse(type, choices, maximum)) <= 0, minimum, maximum);
    }
    return value;
  }

  private static Object parse(OptionType type, List<String> choices, String text)
      throws BadValueException {
    return switch (type) {
      case TEXT -> text;
      case INTEGER -> whole(text);
      case BOOLEAN -> flag(text);
      case DURATION -> DurationText.parse(text);
      case SIZE -> SizeText.parse(text);
      case CHOICE -> choice(choices, text);
      case PATH -> path(text);
      case URL -> url(text);
      case MODE -> mode(text);
      case TEXT_LIST ->
          text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(String::strip).toList();
      case OBJECT -> throw new BadValueException(expected(OptionType.OBJECT));
    };
  }

  /** The sentence that says what a type looks like. */
  static String expected(OptionType type) {
    return "expected " + type.description() + ", as in " + type.example();
  }

  private static Long whole(String text) throws BadValueException {
    if (!WHOLE.matcher(text).matches()) {
      throw new BadValueException(expected(OptionType.INTEGER));
    }
    return Long.valueOf(text);
  }

  private static Boolean flag(String text) throws BadValueException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadValueException(expected(OptionType.BOOLEAN));
    };
  }

  private static String choice(List<String> choices, String text) throws BadValueException {
    if (choices.contains(text)) {
      return text;
    }
    String near = Nearest.of(text, choices).map(word -> "; did you mean " + word + "?").orElse("");
    throw new BadValueException("expected one of " + String.join(", ", choices) + near);
  }

  /** A path of this machine; a leading {@code ~/} stands for the home directory. */
  static Path path(String text) throws BadValueException {
    if (text.isEmpty()) {
      throw new BadValueException("the path is empty");
    }
    try {
      boolean atHome = text.equals("~") || text.startsWith("~/");
      return atHome ? Path.of(System.getProperty("user.home"), text.substring(1)) : Path.of(text);
    } catch (InvalidPathException refused) {
      throw new BadValueException("this is no path on this system");
    }
  }

  /** An absolute http or https URL without user, query and fragment. */
  static URI url(String text) throws BadValueException {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException refused) {
      throw new BadValueException(expected(OptionType.URL));
    }
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    if (url.getRawUserInfo() != null) {
      throw new BadValueException("a URL holds no user or password: give them in their own keys");
    }
    if (!List.of("http", "https").contains(scheme) || url.getHost() == null) {
      throw new BadValueException(expected(OptionType.URL));
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new BadValueException("a URL holds no query and no fragment here");
    }
    if (url.getPort() == 0 || url.getPort() > 65535) {
      throw new BadValueException("the port of a URL lies between 1 and 65535");
    }
    return url;
  }

  private static Integer mode(String text) throws BadValueException {
    if (!OCTAL.matcher(text).matches()) {
      throw new BadValueException(expected(OptionType.MODE));
    }
    return Integer.valueOf(text, 8);
  }

  private static int compare(Object value, Object limit) {
    if (value instanceof Duration duration) {
      return duration.compareTo((Duration) limit);
    }
    return ((Long) value).compareTo((Long) limit);
  }

  private static void inside(boolean inside, @Nullable String minimum, @Nullable String maximum)
      throws BadValueException {
    if (!inside) {
      String limits =
          minimum == null
              ? "at most " + maximum
              : maximum == null ? "at least " + minimum : "between " + minimum + " and " + maximum;
      throw new BadValueException("expected " + limits);
    }
  }
}
