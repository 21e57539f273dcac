package io.diskmap.benchmarks;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Runs the commands of peers. */
final class Shell {
  private Shell() {}

  /** Runs a command to its end and drops its output; a failure is an exception. */
  static void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exit);
    }
  }
}
