package io.diskmap.internal.options;

import io.diskmap.DiskMapException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code ${env:X}} and {@code ${file:/path}} inside texts by what they stand for.
 * Immutable; any thread may use it.
 *
 * <p>Two dollar signs before a brace stand for a plain dollar sign and that brace. What a reference
 * stands for is not looked at again, so a value can hold anything. Each call reads variables and
 * files anew.
 */
public final class References {
  private static final Pattern REFERENCE = Pattern.compile("([a-z][a-z0-9_-]*):([^{}]+)");
  private static final Pattern NAMEABLE = Pattern.compile("[^\\p{Cntrl}\\s]{1,256}");

  private final Map<String, Function<String, @Nullable String>> resolvers;

  private References(Map<String, Function<String, @Nullable String>> resolvers) {
    this.resolvers = resolvers;
  }

  /** References to the variables of an environment, and to files. */
  public static References of(Function<String, @Nullable String> environment) {
    return new References(Map.of("env", environment));
  }

  /**
   * These references and one scheme more: its function answers null where it has no value, and can
   * throw a {@link DiskMapException} that says why.
   */
  public References with(String scheme, Function<String, @Nullable String> resolver) {
    Map<String, Function<String, @Nullable String>> more = new LinkedHashMap<>(resolvers);
    more.put(scheme, resolver);
    return new References(more);
  }

  /** The text that stands for a literal text, whatever it holds. */
  public static String literal(String text) {
    return text.replace("${", "$${");
  }

  /** Whether a text has to be expanded before it is used. */
  public static boolean mentions(String text) {
    return text.contains("${");
  }

  /** Whether a text is one reference and nothing else, so that showing it shows no secret. */
  public static boolean isOnlyReference(String text) {
    return text.startsWith("${")
        && text.endsWith("}")
        && REFERENCE.matcher(text.substring(2, text.length() - 1)).matches();
  }

  /** What is wrong with how a text writes its references, if anything. */
  public static Optional<String> mistake(String text) {
    try {
      pieces(text);
      return Optional.empty();
    } catch (BadValueException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  /** The text with every reference replaced. */
  public String expand(String text) throws BadValueException {
    StringBuilder expanded = new StringBuilder();
    for (Piece piece : pieces(text)) {
      expanded.append(piece.scheme() == null ? piece.text() : value(piece.scheme(), piece.text()));
    }
    return expanded.toString();
  }

  private String value(String scheme, String name) throws BadValueException {
    Function<String, @Nullable String> resolver = resolvers.get(scheme);
    if (resolver == null && scheme.equals("file")) {
      return SecretFile.read(name);
    }
    if (resolver == null) {
      List<String> known = new ArrayList<>(resolvers.keySet());
      known.add("file");
      throw new BadValueException(
          "no resolver knows ${" + scheme + ":...}; known are " + String.join(", ", known));
    }
    String value;
    try {
      value = resolver.apply(name);
    } catch (DiskMapException failure) {
      throw new BadValueException(String.valueOf(failure.getMessage()));
    } catch (RuntimeException failure) {
      throw new BadValueException(
          named(scheme, name) + " cannot be resolved (" + failure.getClass().getSimpleName() + ")");
    }
    if (value == null) {
      throw new BadValueException(
          scheme.equals("env")
              ? "environment variable " + name + " is not set"
              : named(scheme, name) + " has no value");
    }
    return value;
  }

  private static String named(String scheme, String name) {
    return "${" + scheme + ":" + name + "}";
  }

  private static List<Piece> pieces(String text) throws BadValueException {
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
      if (at > from && text.charAt(at - 1) == '$') {
        pieces.add(new Piece(null, text.substring(from, at - 1) + "${"));
        from = at + 2;
        continue;
      }
      pieces.add(new Piece(null, text.substring(from, at)));
      int end = text.indexOf('}', at);
      Matcher reference = REFERENCE.matcher(end < 0 ? "" : text.substring(at + 2, end));
      if (!reference.matches() || !NAMEABLE.matcher(reference.group(2)).matches()) {
        throw new BadValueException(
            "${ begins no reference here: write ${env:NAME} or ${file:/path}, or $${ for a plain"
                + " ${");
      }
      pieces.add(new Piece(reference.group(1), reference.group(2)));
      from = end + 1;
    }
    pieces.add(new Piece(null, text.substring(from)));
    return pieces;
  }

  /** A plain text, or with a scheme the name behind it. */
  private record Piece(@Nullable String scheme, String text) {
    @Override
    public String toString() {
      return "Piece[***]";
    }
  }
}
