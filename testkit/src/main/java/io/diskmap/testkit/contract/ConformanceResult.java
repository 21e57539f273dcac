package io.diskmap.testkit.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one test class proved, as {@link ContractResults} wrote it. Immutable.
 *
 * @param name driver, server and variant, the heading of its column
 * @param run how many tests ran
 * @param unproven the tests that failed or were skipped
 * @param clauses the tests that passed, by clause
 * @param deviations the reasons, by clause or aspect
 */
record ConformanceResult(
    String name,
    int run,
    List<String> unproven,
    Map<String, List<String>> clauses,
    Map<String, String> deviations) {

  static ConformanceResult read(Path file) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    List<String> unproven = new ArrayList<>();
    Map<String, List<String>> clauses = new LinkedHashMap<>();
    Map<String, String> deviations = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String member = json.currentName();
        json.nextToken();
        switch (member) {
          case "failed", "skipped" -> unproven.addAll(list(json));
          case "clauses" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String clause = json.currentName();
              json.nextToken();
              clauses.put(clause, list(json));
            }
          }
          case "deviations" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String clause = json.currentName();
              deviations.put(clause, json.nextTextValue());
            }
          }
          default -> texts.put(member, json.getText());
        }
      }
    }
    String name =
        "%s (%s, %s)".formatted(texts.get("driver"), texts.get("server"), texts.get("variant"));
    return new ConformanceResult(
        name, Integer.parseInt(texts.getOrDefault("run", "0")), unproven, clauses, deviations);
  }

  private static List<String> list(JsonParser json) throws IOException {
    List<String> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      values.add(json.getText());
    }
    return values;
  }

  /** What the column says of a clause. */
  String cell(String clause) {
    List<String> deviating =
        deviations.keySet().stream().filter(d -> Clauses.id(d).equals(clause)).toList();
    String proven = clauses.containsKey(clause) ? "yes" : "";
    if (deviating.isEmpty()) {
      return proven.isEmpty() ? "–" : proven;
    }
    return "deviates" + (proven.isEmpty() ? "" : " in part");
  }
}
