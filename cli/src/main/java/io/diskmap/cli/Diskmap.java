package io.diskmap.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The command {@code diskmap} with the options that all commands share. One instance serves one
 * run, in one thread.
 *
 * <p>Only the commands that the arguments name are made, which keeps the start short.
 */
@Command(
    name = "diskmap",
    description = "Moves, lists and serves files of the disks that a disk map names.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = false,
    footerHeading = "%nPlaces are written disk:path; - is standard input or output.%n",
    footer = {
      "Without --config the environment decides: SERVER_ROLE, STORAGE_CONFIG, ...",
      "Exit codes: 0 success, 1 failure, 2 wrong usage or configuration, 3 not found."
    })
public final class Diskmap {
  private final Terminal terminal;
  private final Interrupts interrupts;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The disk map, in role worker; without it the environment decides.")
  private @Nullable Path config;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Shows the stack trace of a failure.")
  private boolean debug;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "On whose behalf, for the audit record.")
  private @Nullable String user;

  @Option(
      names = "--cohort",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "For which cohort, for the audit record.")
  private @Nullable String cohort;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help.")
  private boolean help;

  Diskmap(Terminal terminal, Interrupts interrupts) {
    this.terminal = terminal;
    this.interrupts = interrupts;
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Interrupts interrupts = Interrupts.ofProcess();
    int code;
    try {
      code = run(Terminal.ofProcess(), interrupts, args);
    } finally {
      interrupts.finish();
    }
    System.exit(code);
  }

  /** Runs the command and answers its exit code. */
  static int run(Terminal terminal, Interrupts interrupts, String... args) {
    Diskmap diskmap = new Diskmap(terminal, interrupts);
    int code = diskmap.commandLine(args).execute(args);
    terminal.out().flush();
    return code;
  }

  private CommandLine commandLine(String[] args) {
    CommandLine line = new CommandLine(this);
    Map<String, Supplier<Object>> commands = commands();
    boolean all = Arrays.stream(args).noneMatch(commands::containsKey) || isHelp(args);
    commands.forEach(
        (name, command) -> {
          if (all || Arrays.asList(args).contains(name)) {
            line.addSubcommand(name, command.get());
          }
        });
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(terminal.out(), true));
    line.setErr(new PrintWriter(terminal.err(), true));
    line.setExecutionExceptionHandler(
        (failure, at, parsed) -> {
          terminal.out().flush();
          boolean cancelled = interrupts.cancellation().isCancelled();
          Throwable shown = cancelled ? Failures.ofCancelled(failure) : failure;
          return Failures.report(shown, terminal.err(), debug);
        });
    line.setParameterExceptionHandler((failure, given) -> misuse(failure));
    return line;
  }

  private static boolean isHelp(String[] args) {
    return Arrays.asList(args).contains("help");
  }

  private int misuse(ParameterException failure) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    terminal.err().println("diskmap: USAGE: " + Text.visible(String.valueOf(failure.getMessage())));
    terminal.err().println("remedy: see '" + command + " --help'");
    return Exit.USAGE;
  }

  private Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("ls", () -> new Ls(this));
    commands.put("stat", () -> new Stat(this));
    commands.put("cat", () -> new Cat(this));
    commands.put("cp", () -> new Cp(this));
    commands.put("mv", () -> new Mv(this));
    commands.put("rm", () -> new Rm(this));
    commands.put("du", () -> new Du(this));
    commands.put("cleanup", () -> new Cleanup(this));
    commands.put("health", () -> new HealthCommand(this));
    commands.put("doctor", () -> new Doctor(this));
    commands.put("audit", () -> AuditCommand.commandLine(this));
    commands.put("tasks", () -> TasksCommand.commandLine(this));
    commands.put("serve", () -> new Serve(this));
    commands.put("demo", () -> new Demo(this));
    commands.put("demo-web", () -> new DemoWeb(this));
    commands.put("config", () -> ConfigCommand.commandLine(this));
    commands.put("version", () -> new Version(this));
    commands.put("help", () -> new Help(this));
    return commands;
  }

  Terminal terminal() {
    return terminal;
  }

  Interrupts interrupts() {
    return interrupts;
  }

  Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  Optional<String> user() {
    return Optional.ofNullable(user);
  }

  Optional<String> cohort() {
    return Optional.ofNullable(cohort);
  }

  /** The disks of this run; the caller closes the session. */
  Session open() {
    return Session.open(this);
  }

  /** As {@link #open}, with the audit store left closed; for a run that moves no file. */
  Session openWithoutAudit() {
    return Session.openWithoutAudit(this);
  }
}
