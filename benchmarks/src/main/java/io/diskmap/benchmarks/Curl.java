package io.diskmap.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** curl with a key, a process for each call, which drops what it gets. Thread-safe. */
final class Curl {
  private final List<String> command;

  Curl(String key, Optional<Path> certificate) {
    List<String> start =
        new ArrayList<>(List.of("curl", "-sS", "-f", "-H", "X-API-Key: " + key, "-o", "/dev/null"));
    certificate.ifPresent(trusted -> start.addAll(List.of("--cacert", trusted.toString())));
    this.command = List.copyOf(start);
  }

  void run(String... more) throws Exception {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(more));
    Shell.run(whole.toArray(String[]::new));
  }
}
