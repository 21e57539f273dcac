package io.diskmap.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** The file of all measured rounds, from which the page is made. For one thread. */
final class Results {
  private final TreeMap<String, SuiteRun> runs = new TreeMap<>();

  Collection<SuiteRun> runs() {
    return runs.values();
  }

  /** Adds a run; it takes the place of an earlier one of the same suite and Java. */
  void put(SuiteRun run) {
    runs.put(run.key(), run);
  }

  void write(Path file) throws IOException {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(Files.newBufferedWriter(file))
            .setPrettyPrinter(new DefaultPrettyPrinter())) {
      json.writeStartArray();
      for (SuiteRun run : runs.values()) {
        json.writeStartObject();
        json.writeStringField("suite", run.suite());
        json.writeNumberField("java", run.java());
        json.writeNumberField("cores", run.cores());
        json.writeNumberField("memoryGiB", run.memoryGiB());
        json.writeStringField("fileSystem", run.fileSystem());
        json.writeArrayFieldStart("duels");
        for (Duel.Outcome duel : run.duels()) {
          write(json, duel);
        }
        json.writeEndArray();
        json.writeStringField("facts", run.facts());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeRaw('\n');
    }
  }

  private static void write(JsonGenerator json, Duel.Outcome duel) throws IOException {
    json.writeStartObject();
    json.writeStringField("task", duel.task());
    json.writeStringField("peer", duel.peer());
    json.writeNumberField("wanted", duel.target());
    write(json, "ours", duel.ours());
    write(json, "theirs", duel.theirs());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, List<Double> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (double value : values) {
      json.writeNumber(Math.round(value * 1e6) / 1e6);
    }
    json.writeEndArray();
  }

  /** Reads what {@link #write} wrote; nothing where there is no file yet. */
  static Results read(Path file) throws IOException {
    Results results = new Results();
    if (Files.exists(file)) {
      try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
        json.nextToken();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          results.put(readRun(json));
        }
      }
    }
    return results;
  }

  private static SuiteRun readRun(JsonParser json) throws IOException {
    String suite = "";
    int java = 0;
    int cores = 0;
    int memory = 0;
    String fileSystem = "";
    String facts = "";
    List<Duel.Outcome> duels = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "suite" -> suite = json.getText();
        case "java" -> java = json.getIntValue();
        case "cores" -> cores = json.getIntValue();
        case "memoryGiB" -> memory = json.getIntValue();
        case "fileSystem" -> fileSystem = json.getText();
        case "facts" -> facts = json.getText();
        case "duels" -> {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            duels.add(readDuel(json));
          }
        }
        default -> throw new IOException("unknown member " + field);
      }
    }
    return new SuiteRun(suite, java, cores, memory, fileSystem, duels, facts);
  }

  private static Duel.Outcome readDuel(JsonParser json) throws IOException {
    String task = "";
    String peer = "";
    double wanted = Double.NaN;
    List<Double> ours = List.of();
    List<Double> theirs = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "task" -> task = json.getText();
        case "peer" -> peer = json.getText();
        case "wanted" -> wanted = json.getDoubleValue();
        case "ours" -> ours = readNumbers(json);
        case "theirs" -> theirs = readNumbers(json);
        default -> throw new IOException("unknown member " + field);
      }
    }
    return new Duel.Outcome(task, peer, wanted, ours, theirs);
  }

  private static List<Double> readNumbers(JsonParser json) throws IOException {
    List<Double> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      values.add(json.getDoubleValue());
    }
    return values;
  }
}
