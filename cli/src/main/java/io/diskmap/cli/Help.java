package io.diskmap.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code diskmap help}: the commands, or one of them. */
@Command(description = "Shows the commands, or one command with its options.")
final class Help implements Callable<Integer> {
  private final Diskmap diskmap;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
  private @Nullable String command;

  Help(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() {
    shown().usage(diskmap.terminal().out());
    return Exit.OK;
  }

  private CommandLine shown() {
    String name = command;
    if (name == null) {
      return root();
    }
    CommandLine named = root().getSubcommands().get(name);
    if (named == null) {
      throw new UsageException("There is no command '" + Text.visible(name) + "'.");
    }
    return named;
  }

  private CommandLine root() {
    if (spec == null) {
      throw new IllegalStateException("the command line gives each command its place");
    }
    return spec.root().commandLine();
  }
}
