package io.diskmap.spi;

import io.diskmap.DiskMapException;
import io.diskmap.DiskMapException.Problem;
import io.diskmap.Secret;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.options.OptionCheck;
import io.diskmap.internal.options.References;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The checked values of one disk, read by the types of its option table. Immutable; any thread may
 * use it.
 *
 * <p>A getter answers the default where the map gives no value. Asking for an option that the table
 * does not have, or by another type, or for one that has neither value nor default, is a mistake of
 * the program and ends in an {@link IllegalArgumentException}. The text form shows no value.
 */
public final class OptionValues {
  private final OptionTable table;
  private final Map<String, ?> values;

  private OptionValues(OptionTable table, Map<String, ?> values) {
    this.table = table;
    this.values = Map.copyOf(values);
  }

  /**
   * The values that plain objects give, with the references of this process' environment.
   *
   * @throws DiskMapException listing every value that the table refuses
   */
  public static OptionValues of(OptionTable table, Map<String, ?> plain) {
    return of(table, plain, System::getenv);
  }

  /**
   * The values that plain objects give: texts, numbers, booleans, lists and maps. References are
   * resolved now, those inside secrets each time that the secret is read.
   *
   * @throws DiskMapException listing every value that the table refuses
   */
  public static OptionValues of(
      OptionTable table, Map<String, ?> plain, Function<String, @Nullable String> environment) {
    List<Problem> problems = new ArrayList<>();
    OptionCheck check = new OptionCheck("", problems, References.of(environment));
    Map<String, Object> checked = check.check(table, (JsonObject) JsonValue.of(plain), "");
    if (!problems.isEmpty()) {
      throw new DiskMapException(problems);
    }
    return new OptionValues(table, checked);
  }

  /**
   * The values that the core's check of this very table has answered. For the core; drivers and
   * tests use {@link #of(OptionTable, Map)}.
   */
  public static OptionValues ofChecked(OptionTable table, Map<String, ?> checked) {
    return new OptionValues(table, checked);
  }

  /** Whether an option has a value, given or by default. */
  public boolean has(String name) {
    option(name);
    return values.containsKey(name);
  }

  /** The text or the chosen word of an option. */
  public String text(String name) {
    return value(name, String.class, OptionType.TEXT, OptionType.CHOICE);
  }

  /** The text of an option that can be absent. */
  public Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** The chosen word of an option. */
  public String choice(String name) {
    return value(name, String.class, OptionType.CHOICE);
  }

  /** The whole number of an option. */
  public long integer(String name) {
    return value(name, Long.class, OptionType.INTEGER);
  }

  /** The whole number of an option whose limits lie within an int, such as a port. */
  public int intValue(String name) {
    return Math.toIntExact(integer(name));
  }

  /** Whether an option is true. */
  public boolean flag(String name) {
    return value(name, Boolean.class, OptionType.BOOLEAN);
  }

  /** The duration of an option. */
  public Duration duration(String name) {
    return value(name, Duration.class, OptionType.DURATION);
  }

  /** The number of bytes of an option. */
  public long size(String name) {
    return value(name, Long.class, OptionType.SIZE);
  }

  /** The path of an option; a leading {@code ~/} has become the home directory. */
  public Path path(String name) {
    return value(name, Path.class, OptionType.PATH);
  }

  /** The path of an option that can be absent. */
  public Optional<Path> optionalPath(String name) {
    return has(name) ? Optional.of(path(name)) : Optional.empty();
  }

  /** The URL of an option. */
  public URI url(String name) {
    return value(name, URI.class, OptionType.URL);
  }

  /** The texts of an option, empty where it is absent. */
  @SuppressWarnings("unchecked")
  public List<String> list(String name) {
    return has(name) ? value(name, List.class, OptionType.TEXT_LIST) : List.of();
  }

  /** The permission bits of an option. */
  public int mode(String name) {
    return value(name, Integer.class, OptionType.MODE);
  }

  /** The options inside an option; its defaults where it is absent. */
  @SuppressWarnings("unchecked")
  public OptionValues object(String name) {
    OptionTable nested = option(name).table();
    if (nested == null) {
      throw new IllegalArgumentException("option " + name + " has no options inside");
    }
    Map<String, ?> inside = (Map<String, ?>) values.get(name);
    return inside == null ? defaults(nested) : new OptionValues(nested, inside);
  }

  /** The secret of an option, read again each time it is revealed. */
  public Secret secret(String name) {
    return value(name, Secret.class, OptionType.TEXT);
  }

  /** The secret of an option that can be absent. */
  public Optional<Secret> optionalSecret(String name) {
    return has(name) ? Optional.of(secret(name)) : Optional.empty();
  }

  @Override
  public String toString() {
    return "OptionValues" + values.keySet();
  }

  private static OptionValues defaults(OptionTable table) {
    OptionCheck check = new OptionCheck("", new ArrayList<>(), null);
    return new OptionValues(table, check.check(table, (JsonObject) JsonValue.of(Map.of()), ""));
  }

  private Option option(String name) {
    return table
        .find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no option " + name));
  }

  private <T> T value(String name, Class<T> kind, OptionType... types) {
    Option option = option(name);
    if (!List.of(types).contains(option.type()) || option.isSecret() != (kind == Secret.class)) {
      String type = option.isSecret() ? "a secret" : option.type().description();
      throw new IllegalArgumentException("option " + name + " is " + type);
    }
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "option " + name + " is absent: ask has(\"" + name + "\")");
    }
    return kind.cast(value);
  }
}
