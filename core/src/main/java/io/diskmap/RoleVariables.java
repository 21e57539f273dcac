package io.diskmap;

import io.diskmap.DiskMapException.Problem;
import io.diskmap.internal.options.BadValueException;
import io.diskmap.internal.options.SecretFile;
import io.diskmap.internal.options.TextValue;
import io.diskmap.spi.OptionType;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the variables of a process one by one and collects what is wrong with them. Confined to one
 * thread; the API key alone can be asked for later from any thread.
 *
 * <p>A variable that is blank counts as not set. No problem repeats a value.
 */
final class RoleVariables {
  static final String KEY = "INTERNAL_API_KEY";
  static final String KEY_FILE = "INTERNAL_API_KEY_FILE";

  private final Function<String, @Nullable String> environment;
  private final List<Problem> problems;

  RoleVariables(Function<String, @Nullable String> environment, List<Problem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The value of a variable without the spaces around it. */
  Optional<String> text(String name) {
    return Optional.ofNullable(environment.apply(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /** A variable that is {@code true} or {@code false}, false where it is not set. */
  boolean flag(String name) {
    return text(name)
        .flatMap(value -> parsed(name, OptionType.BOOLEAN, value))
        .map(Boolean.class::cast)
        .orElse(false);
  }

  /** A variable that is a path; one that is not absolute is a problem. */
  Optional<Path> absolutePath(String name) {
    Optional<Path> path =
        text(name).flatMap(value -> parsed(name, OptionType.PATH, value)).map(Path.class::cast);
    if (path.isPresent() && !path.get().isAbsolute()) {
      problem(name + " must be an absolute path");
      return Optional.empty();
    }
    return path;
  }

  /** A variable that is a path. */
  Optional<Path> path(String name) {
    return text(name).flatMap(value -> parsed(name, OptionType.PATH, value)).map(Path.class::cast);
  }

  /** A variable that is an absolute http or https URL. */
  Optional<URI> url(String name) {
    return text(name).flatMap(value -> parsed(name, OptionType.URL, value)).map(URI.class::cast);
  }

  /** Whether a key is configured, be it right or wrong. */
  boolean hasKey() {
    return text(KEY).isPresent() || text(KEY_FILE).isPresent();
  }

  /** The live keys, the newer first, empty with a problem where they are not usable. */
  List<String> checkedKeys() {
    if (text(KEY).isPresent() && text(KEY_FILE).isPresent()) {
      problem("set either " + KEY + " or " + KEY_FILE + ", not both");
      return List.of();
    }
    try {
      List<String> live = live(keyText());
      Optional<String> wrong = SectionReader.keyProblem(live);
      wrong.ifPresent(sentence -> problem(keyName() + ": " + sentence));
      return wrong.isPresent() ? List.of() : live;
    } catch (BadValueException refused) {
      problem(keyName() + ": " + refused.getMessage());
      return List.of();
    }
  }

  /** What a reference to the API key stands for now: the newer key, or all live ones. */
  @Nullable String resolveKey(String which) {
    try {
      List<String> live = live(keyText());
      return live.isEmpty() ? null : which.equals("api_key") ? live.get(0) : String.join(",", live);
    } catch (BadValueException refused) {
      throw DiskMapException.of(keyName() + ": " + refused.getMessage());
    }
  }

  void problem(String message) {
    problems.add(Problem.of(message));
  }

  /** Adds problems that a part of the map has. */
  void add(List<Problem> more) {
    problems.addAll(more);
  }

  private String keyName() {
    return text(KEY).isPresent() ? KEY : KEY_FILE;
  }

  private String keyText() throws BadValueException {
    Optional<String> inClear = text(KEY);
    if (inClear.isPresent()) {
      return inClear.get();
    }
    Optional<String> file = text(KEY_FILE);
    return file.isPresent() ? SecretFile.read(file.get()) : "";
  }

  private static List<String> live(String keys) {
    return Arrays.stream(keys.split(",", -1))
        .map(String::strip)
        .filter(key -> !key.isEmpty())
        .toList();
  }

  private Optional<Object> parsed(String name, OptionType type, String value) {
    try {
      return Optional.of(TextValue.parse(type, value));
    } catch (BadValueException refused) {
      problem(name + ": " + refused.getMessage());
      return Optional.empty();
    }
  }
}
