package io.diskmap.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs benchmark suites and prints their tables: {@code local}, {@code http}, {@code memory},
 * {@code startup}, or all these without an argument; {@code https} and those of single stores where
 * they are named.
 *
 * <p>{@code -Dbenchmark.rounds=5} and {@code -Dbenchmark.dir=DIR} change rounds and place, {@code
 * -Dbenchmark.tasks=REGEX} chooses tasks, {@code -Dbenchmark.warmups=0} leaves out the runs before
 * the rounds, and {@code -Dbenchmark.out=FILE} writes the tables as Markdown too.
 */
public final class Main {
  private static final List<Duel.Outcome> FOUGHT = new ArrayList<>();

  private Main() {}

  /** Runs the suites that the arguments name. */
  public static void main(String[] arguments) throws Exception {
    List<String> suites =
        arguments.length == 0 ? List.of("startup", "local", "http", "memory") : List.of(arguments);
    int rounds = Integer.getInteger("benchmark.rounds", 3);
    Path directory = Path.of(System.getProperty("benchmark.dir", "target/benchmarks"));
    StringBuilder report = new StringBuilder();
    for (String suite : suites) {
      Path place = directory.toAbsolutePath().resolve(suite);
      Files.createDirectories(place);
      FOUGHT.clear();
      String text = suite.equals("page") ? "" : run(suite, place, rounds);
      report.append("\n### ").append(suite).append("\n\n").append(text);
      keep(suite, place, text);
    }
    System.out.println(report);
    String out = System.getProperty("benchmark.out");
    if (out != null) {
      Files.writeString(Path.of(out), report.toString());
    }
  }

  private static void keep(String suite, Path place, String text) throws IOException {
    String docs = System.getProperty("benchmark.docs");
    if (docs == null) {
      return;
    }
    Results results = Results.read(Path.of(docs, "benchmarks.json"));
    if (!suite.equals("page")) {
      String facts = FOUGHT.isEmpty() ? text : text.replace(Page.table(FOUGHT), "");
      Files.createDirectories(place);
      results.put(SuiteRun.here(suite, place, FOUGHT, facts));
      results.write(Path.of(docs, "benchmarks.json"));
    }
    Files.writeString(Path.of(docs, "benchmarks.md"), Page.of(results));
  }

  private static String run(String suite, Path directory, int rounds) throws Exception {
    switch (suite) {
      case "local":
        try (LocalSuite local = new LocalSuite(directory)) {
          return table(local.duels(), rounds);
        }
      case "http":
        try (HttpSuite http = new HttpSuite(directory, false)) {
          return table(http.duels(), rounds, HttpSuite.WARM_UPS) + http.facts();
        }
      case "https":
        try (HttpSuite https = new HttpSuite(directory, true)) {
          return table(https.duels(), rounds, HttpSuite.WARM_UPS) + https.facts();
        }
      case "nfs":
        try (NfsSuite nfs = new NfsSuite(directory)) {
          return table(nfs.duels(), rounds) + nfs.facts();
        }
      case "s3":
        try (S3Suite s3 = new S3Suite(directory)) {
          return contests(s3.contests(), rounds) + s3.facts();
        }
      case "sftp":
        try (SftpSuite sftp = new SftpSuite()) {
          return table(sftp.duels(), rounds, 0) + sftp.facts();
        }
      case "smb":
        try (SmbSuite smb = new SmbSuite()) {
          return table(smb.duels(), rounds) + smb.facts();
        }
      case "memory":
        return MemorySuite.run(directory);
      case "audit":
        try (AuditSuite audit = new AuditSuite(directory)) {
          String part = System.getProperty("benchmark.audit.part", "all");
          String duels = part.equals("facts") ? "" : table(audit.duels(), rounds);
          return part.equals("duels") ? duels : duels + audit.facts();
        }
      case "startup":
        return StartupSuite.run(directory, rounds);
      default:
        throw new IOException("there is no suite " + suite);
    }
  }

  private static String table(List<Duel> duels, int rounds) throws Exception {
    return table(duels, rounds, 1);
  }

  private static String table(List<Duel> duels, int rounds, int warmUps) throws Exception {
    Pattern tasks = Pattern.compile(System.getProperty("benchmark.tasks", ".*"));
    for (Duel duel : duels) {
      if (!tasks.matcher(duel.task() + " / " + duel.peer()).find()) {
        continue;
      }
      Duel.Outcome outcome = duel.fight(Integer.getInteger("benchmark.warmups", warmUps), rounds);
      System.err.println(Page.row(outcome));
      FOUGHT.add(outcome);
    }
    return Page.table(FOUGHT);
  }

  private static String contests(List<Contest> contests, int rounds) throws Exception {
    Pattern tasks = Pattern.compile(System.getProperty("benchmark.tasks", ".*"));
    for (Contest contest : contests) {
      List<Contest.Rival> chosen =
          contest.rivals().stream()
              .filter(rival -> tasks.matcher(contest.task() + " / " + rival.name()).find())
              .toList();
      if (chosen.isEmpty()) {
        continue;
      }
      int warmUps = Integer.getInteger("benchmark.warmups", contest.warmUps());
      for (Duel.Outcome outcome : contest.among(chosen).fight(warmUps, rounds)) {
        System.err.println(Page.row(outcome));
        FOUGHT.add(outcome);
      }
    }
    return Page.table(FOUGHT);
  }
}
