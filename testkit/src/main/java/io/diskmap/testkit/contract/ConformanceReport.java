package io.diskmap.testkit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page of what every driver proved on every server, made from the results of their test
 * classes.
 *
 * <p>A command: {@code ConformanceReport [--check] PAGE DIRECTORY...} reads the files {@code
 * target/diskmap-conformance/*.json} below the directories. It writes the page, or with {@code
 * --check} compares: a result whose column the page has otherwise is a failure, and one that the
 * page does not have yet is named. Versions and numbers of tests, which differ from machine to
 * machine, are not on the page. A test that failed or was skipped is always a failure.
 */
public final class ConformanceReport {
  private final TreeMap<String, ConformanceResult> results;

  private ConformanceReport(TreeMap<String, ConformanceResult> results) {
    this.results = results;
  }

  /** Runs the command; the exit code is 0 for success, 1 for a page or a result that is wrong. */
  public static void main(String[] arguments) throws IOException {
    List<String> rest = new ArrayList<>(List.of(arguments));
    boolean check = rest.remove("--check");
    if (rest.size() < 2) {
      System.err.println("usage: ConformanceReport [--check] PAGE DIRECTORY...");
      System.exit(2);
    }
    Path page = Path.of(rest.remove(0));
    ConformanceReport report = read(rest.stream().map(Path::of).toList());
    List<String> problems = report.problems();
    if (check) {
      String text = Files.readString(page);
      problems.addAll(report.differencesFrom(text));
      report.missingOn(text).forEach(System.err::println);
    } else if (problems.isEmpty()) {
      Files.writeString(page, report.markdown());
    }
    problems.forEach(System.err::println);
    System.exit(problems.isEmpty() ? 0 : 1);
  }

  /** The report over the results below these directories. */
  static ConformanceReport read(List<Path> directories) throws IOException {
    TreeMap<String, ConformanceResult> results = new TreeMap<>();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.filter(ConformanceReport::isResult).sorted().toList()) {
          ConformanceResult result = ConformanceResult.read(file);
          results.put(result.name(), result);
        }
      }
    }
    return new ConformanceReport(results);
  }

  private static boolean isResult(Path file) {
    return file.toString().endsWith(".json")
        && file.getParent().endsWith(Path.of("target", "diskmap-conformance"));
  }

  /** Failed and skipped tests, and the lack of any result. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (results.isEmpty()) {
      problems.add("There are no results; run the contract tests first.");
    }
    for (ConformanceResult result : results.values()) {
      for (String test : result.unproven()) {
        problems.add(result.name() + " failed or skipped " + test + '.');
      }
    }
    return problems;
  }

  /** The results that the page shows otherwise. */
  List<String> differencesFrom(String page) {
    List<String> problems = new ArrayList<>();
    Map<String, Map<String, String>> columns = columns(page);
    for (ConformanceResult result : results.values()) {
      Map<String, String> column = columns.get(result.name());
      if (column == null) {
        continue;
      }
      for (String clause : Clauses.ALL) {
        String cell = result.cell(clause);
        if (!cell.equals(column.get(clause))) {
          problems.add(
              "The page shows %s for %s of %s, and the tests say %s; make it anew."
                  .formatted(column.get(clause), clause, result.name(), cell));
        }
      }
    }
    return problems;
  }

  /** The results that the page does not show. */
  List<String> missingOn(String page) {
    return results.keySet().stream()
        .filter(name -> !columns(page).containsKey(name))
        .map(name -> "The page has no column for " + name + " yet; scripts/pages makes it.")
        .toList();
  }

  private static Map<String, Map<String, String>> columns(String page) {
    Map<String, Map<String, String>> columns = new TreeMap<>();
    List<String> names = List.of();
    for (String line : page.lines().filter(l -> l.startsWith("| ")).toList()) {
      List<String> cells = Stream.of(line.substring(1).split("\\|")).map(String::strip).toList();
      if (cells.get(0).equals("Clause")) {
        names = cells;
      } else if (Clauses.ALL.contains(cells.get(0)) && cells.size() == names.size()) {
        for (int i = 1; i < cells.size(); i++) {
          columns
              .computeIfAbsent(names.get(i), n -> new TreeMap<>())
              .put(cells.get(0), cells.get(i));
        }
      }
    }
    return columns;
  }

  /** The page. */
  String markdown() {
    StringBuilder page = new StringBuilder();
    page.append("# Conformance\n\nMade by `ConformanceReport` from the results of the contract");
    page.append(" tests; do not edit.\n\n");
    page.append("*yes*: tests of the clause ran and passed. *deviates*: the store cannot hold it,");
    page.append(" which is verified to be still so; see below. *–*: the clause is about something");
    page.append(" that this kind of store does not have.\n\n");
    row(page, "Clause", results.keySet());
    row(page, "---", results.keySet().stream().map(name -> "---").toList());
    for (String clause : Clauses.ALL) {
      row(page, clause, results.values().stream().map(r -> r.cell(clause)).toList());
    }
    page.append("\n## Deviations\n\n");
    for (ConformanceResult result : results.values()) {
      result
          .deviations()
          .forEach(
              (clause, reason) ->
                  page.append("- %s, %s: %s%n".formatted(result.name(), clause, reason)));
    }
    page.append("\n## The tests of each clause\n\n");
    for (String clause : Clauses.ALL) {
      TreeSet<String> tests =
          results.values().stream()
              .flatMap(r -> r.clauses().getOrDefault(clause, List.of()).stream())
              .collect(Collectors.toCollection(TreeSet::new));
      page.append("- **").append(clause).append("** ");
      page.append(tests.stream().map(t -> t.replace('_', ' ')).collect(Collectors.joining(" · ")));
      page.append('\n');
    }
    return page.toString();
  }

  private static void row(StringBuilder page, String first, Iterable<String> cells) {
    page.append("| ").append(first);
    cells.forEach(cell -> page.append(" | ").append(cell));
    page.append(" |\n");
  }
}
