package io.diskmap.testkit.contract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page {@code docs/semantics.md}: each clause of the contract in the words of users, and the
 * tests that prove it. Stateless.
 *
 * <p>The words are those of {@code clauses.txt}, the tests those that carry the clause. A command:
 * {@code SemanticsPage PAGE} writes the page.
 */
public final class SemanticsPage {
  private static final List<Class<?>> CONTRACTS =
      List.of(
          StorageContract.class,
          ReadOnlyContract.class,
          DirectoryContract.class,
          SwapContract.class,
          ProcessContract.class,
          CallKillContract.class,
          NetworkContract.class,
          ServerKillContract.class);

  private static final String HEAD =
      """
      # What Diskmap guarantees

      Made by `SemanticsPage` from the clauses and tests of the test kit; the build compares the two. Every driver passes
      the tests that are named; where a store cannot hold a clause, [the conformance table](conformance.md) says so and why.
      """;

  private SemanticsPage() {}

  /** Writes the page to the file that the argument names. */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), markdown());
  }

  /** The page. */
  static String markdown() throws IOException {
    Map<String, List<String>> tests = Clauses.index(CONTRACTS.stream());
    StringBuilder page = new StringBuilder(HEAD);
    for (String line : lines()) {
      if (line.startsWith("# ")) {
        page.append("\n#").append(line).append("\n");
        continue;
      }
      int end = line.indexOf(' ');
      String clause = line.substring(0, end);
      page.append("\n**").append(clause).append("**").append(line.substring(end)).append('\n');
      page.append(
          tests.getOrDefault(clause, List.of()).stream()
              .distinct()
              .sorted()
              .map(test -> "<br>*" + test.replace('_', ' ') + "*\n")
              .collect(Collectors.joining()));
    }
    return page.toString();
  }

  /** The words of each clause, in the order of the contract. */
  static Map<String, String> words() throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    for (String line : lines()) {
      if (!line.startsWith("# ")) {
        int end = line.indexOf(' ');
        words.put(line.substring(0, end), line.substring(end + 1));
      }
    }
    return words;
  }

  private static List<String> lines() throws IOException {
    try (InputStream file = SemanticsPage.class.getResourceAsStream("clauses.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8));
        Stream<String> lines = reader.lines()) {
      return lines.filter(line -> !line.isBlank()).toList();
    }
  }
}
