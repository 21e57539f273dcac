package io.diskmap.cli;

import io.diskmap.Health;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code diskmap health}: whether every disk answers, asked at once, nothing written. */
@Command(description = "Asks every disk whether it answers.")
final class HealthCommand implements Callable<Integer> {
  private final Diskmap diskmap;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Age.class,
      defaultValue = "10s",
      description = "How long a disk may take (default 10s).")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(names = "--json", description = "Prints one JSON object a disk.")
  private boolean json;

  HealthCommand(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() {
    try (Session session = diskmap.open()) {
      Map<String, Health> answers = session.storages().health(timeout);
      answers.forEach(this::print);
      return answers.values().stream().allMatch(Health::healthy) ? Exit.OK : Exit.FAILURE;
    }
  }

  private void print(String disk, Health health) {
    PrintStream out = diskmap.terminal().out();
    if (json) {
      Json.print(
          out,
          members -> {
            members.writeStringField("disk", disk);
            members.writeBooleanField("healthy", health.healthy());
            members.writeNumberField("milliseconds", health.roundTrip().toNanos() / 1e6);
            if (health.problem().isPresent()) {
              Json.error(members, health.problem().get());
            }
            members.writeObjectFieldStart("details");
            for (var detail : new TreeMap<>(health.details()).entrySet()) {
              members.writeStringField(detail.getKey(), detail.getValue());
            }
            members.writeEndObject();
          });
      return;
    }
    String state = health.problem().map(Failures::sentence).orElse("ok");
    out.println(
        String.format(Locale.ROOT, "%-16s %10s  %s", disk, Text.time(health.roundTrip()), state));
  }
}
