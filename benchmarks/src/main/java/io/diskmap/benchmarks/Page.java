package io.diskmap.benchmarks;

import java.util.List;
import java.util.Locale;

/** The page {@code docs/benchmarks.md}, made of the results and of nothing else. Stateless. */
final class Page {
  private static final String HEAD =
      """
      # Benchmarks

      Made by `io.diskmap.benchmarks.Main` from `docs/benchmarks.json`, which holds every round; the build compares
      the two. Each task is done in turn by Diskmap and by a peer, on the same machine, in the same run, after a warm-up
      round. A ratio is the peer's time divided by ours, so more is better; shown are medians and, in brackets, the
      lowest and the highest round. Times are in seconds. What was wanted and not reached is marked.

      To repeat, on a machine that does nothing else:

      ```
      scripts/benchmark local memory startup http https
      ```
      """;

  private Page() {}

  static String of(Results results) {
    StringBuilder page = new StringBuilder(HEAD);
    for (SuiteRun run : results.runs()) {
      page.append("\n## ").append(run.key()).append("\n\n");
      page.append(run.cores()).append(" cores, ").append(run.memoryGiB());
      page.append(" GiB of memory, ").append(run.fileSystem()).append(".\n\n");
      page.append(body(run.duels(), run.facts()));
    }
    return page.toString();
  }

  /** What a suite found. */
  static String body(List<Duel.Outcome> duels, String facts) {
    StringBuilder body = new StringBuilder(duels.isEmpty() ? "" : table(duels));
    if (!duels.isEmpty() && !facts.isBlank()) {
      body.append('\n');
    }
    return body.append(facts.strip()).append(facts.isBlank() ? "" : "\n").toString();
  }

  /** The table of duels. */
  static String table(List<Duel.Outcome> duels) {
    StringBuilder table = new StringBuilder();
    table.append("| task | peer | ours, s | peer, s | ratio (low to high) | wanted |\n");
    table.append("|---|---|---:|---:|---|---|\n");
    duels.forEach(duel -> table.append(row(duel)).append('\n'));
    return table.toString();
  }

  /** One line of the table. */
  static String row(Duel.Outcome duel) {
    List<Double> ratios = duel.ratios();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.3f | %.3f | %s%.2f (%.2f to %.2f) | %s |",
        duel.task(),
        duel.peer(),
        duel.ourSeconds(),
        duel.theirSeconds(),
        duel.reached() ? "" : "**not reached** ",
        duel.ratio(),
        ratios.get(0),
        ratios.get(ratios.size() - 1),
        duel.target() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", duel.target()));
  }
}
