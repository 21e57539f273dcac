package io.diskmap.testkit.contract;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a driver's test class proved: written as JSON for {@link ConformanceReport}.
 *
 * <p>For one thread at a time. The directory is {@code target/diskmap-conformance} of the module,
 * or the system property {@code diskmap.conformance.dir}.
 */
final class ContractResults {
  private final DriverHarness harness;
  private final Class<?> testClass;
  private final Map<String, TreeSet<String>> clauses = new TreeMap<>();
  private final TreeSet<String> deviations = new TreeSet<>();
  private final List<String> failed = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();
  private int run;

  ContractResults(DriverHarness harness, Class<?> testClass) {
    this.harness = harness;
    this.testClass = testClass;
  }

  void succeeded(Method test, Optional<Deviation> deviation) {
    run++;
    for (String clause : Clauses.of(test)) {
      if (deviation.isEmpty()) {
        clauses.computeIfAbsent(Clauses.id(clause), c -> new TreeSet<>()).add(test.getName());
      }
    }
    deviation.ifPresent(d -> deviations.add(d.clause() + "\t" + d.reason()));
  }

  void failed(Method test) {
    run++;
    failed.add(test.getName());
  }

  void skipped(Method test) {
    skipped.add(test.getName());
  }

  /** Writes the results of a whole run; those of a selection of tests would say too little. */
  void write() throws IOException {
    long tests =
        Stream.of(testClass.getMethods()).filter(m -> m.isAnnotationPresent(Test.class)).count();
    if (run + skipped.size() < tests) {
      return;
    }
    Path directory =
        Path.of(System.getProperty("diskmap.conformance.dir", "target/diskmap-conformance"));
    Files.createDirectories(directory);
    String name =
        (harness.driver() + "-" + harness.server() + "-" + harness.variant())
            .replaceAll("[^A-Za-z0-9._-]", "_");
    Files.writeString(directory.resolve(name + ".json"), json());
  }

  private String json() {
    StringBuilder text = new StringBuilder("{\n");
    member(text, "driver", harness.driver());
    member(text, "server", harness.server());
    member(text, "variant", harness.variant());
    member(text, "version", harness.version());
    member(text, "test_class", testClass.getName());
    text.append("  \"run\": ").append(run).append(",\n");
    text.append("  \"skipped\": ").append(strings(skipped)).append(",\n");
    text.append("  \"failed\": ").append(strings(failed)).append(",\n");
    text.append("  \"clauses\": {");
    String separator = "\n";
    for (Map.Entry<String, TreeSet<String>> clause : clauses.entrySet()) {
      text.append(separator).append("    ").append(string(clause.getKey())).append(": ");
      text.append(strings(clause.getValue()));
      separator = ",\n";
    }
    text.append("\n  },\n  \"deviations\": {");
    separator = "\n";
    for (String deviation : deviations) {
      String[] parts = deviation.split("\t", 2);
      text.append(separator).append("    ").append(string(parts[0])).append(": ");
      text.append(string(parts[1]));
      separator = ",\n";
    }
    return text.append("\n  }\n}\n").toString();
  }

  private static void member(StringBuilder text, String name, String value) {
    text.append("  ").append(string(name)).append(": ").append(string(value)).append(",\n");
  }

  private static String strings(Iterable<String> values) {
    StringBuilder text = new StringBuilder("[");
    String separator = "";
    for (String value : values) {
      text.append(separator).append(string(value));
      separator = ", ";
    }
    return text.append(']').toString();
  }

  private static String string(String value) {
    StringBuilder text = new StringBuilder("\"");
    value
        .chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
              } else if (c < 0x20) {
                text.append("\\u%04x".formatted(c));
              } else {
                text.append((char) c);
              }
            });
    return text.append('"').toString();
  }
}
