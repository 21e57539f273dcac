package io.diskmap.spi;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options that a driver understands, in the order in which the documentation shows them.
 * Immutable; any thread may use it.
 */
public final class OptionTable {
  private final Map<String, Option> options;

  private OptionTable(Map<String, Option> options) {
    this.options = Collections.unmodifiableMap(options);
  }

  /**
   * The table of these options.
   *
   * @throws IllegalArgumentException if two options have one name
   */
  public static OptionTable of(Option... options) {
    Map<String, Option> byName = new LinkedHashMap<>();
    for (Option option : options) {
      if (byName.putIfAbsent(option.name(), option) != null) {
        throw new IllegalArgumentException("two options are named " + option.name());
      }
    }
    return new OptionTable(byName);
  }

  /**
   * This table with the options of another one behind its own. An option that both have is taken
   * from this table, which lets a driver narrow a common option.
   *
   * @throws IllegalArgumentException if an option that both have differs in type or secrecy
   */
  public OptionTable and(OptionTable other) {
    Map<String, Option> all = new LinkedHashMap<>(options);
    for (Option option : other.all()) {
      Option mine = all.putIfAbsent(option.name(), option);
      if (mine != null && (mine.type() != option.type() || mine.isSecret() != option.isSecret())) {
        throw new IllegalArgumentException(
            "option " + option.name() + " is " + mine.type() + " here and " + option.type());
      }
    }
    return new OptionTable(all);
  }

  /** The option of a name. */
  public Optional<Option> find(String name) {
    return Optional.ofNullable(options.get(name));
  }

  /** All options, in order. */
  public List<Option> all() {
    return List.copyOf(options.values());
  }

  /** The names of all options, in order. */
  public Collection<String> names() {
    return options.keySet();
  }

  /**
   * The options as a Markdown table, nested ones under names such as {@code cache.metadata_ttl}.
   */
  public String toMarkdown() {
    return OptionMarkdown.of(this);
  }
}
