package io.diskmap.testkit.process;

/**
 * What a command did: its exit code and all it printed. An immutable value for any thread.
 *
 * @param command the command line
 * @param exitCode the exit code, 128 + n after signal n
 * @param out standard output
 * @param err standard error
 */
public record ToolRun(String command, int exitCode, String out, String err) {
  /** Whether the exit code is 0. */
  public boolean succeeded() {
    return exitCode == 0;
  }

  /** This run if it succeeded, an {@link IllegalStateException} with its output if not. */
  public ToolRun orFail() {
    if (!succeeded()) {
      throw new IllegalStateException(
          "exit code " + exitCode + " of: " + command + "\n" + err.strip() + "\n" + out.strip());
    }
    return this;
  }
}
