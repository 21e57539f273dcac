package io.diskmap.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.DiskMap;
import io.diskmap.DiskMapException;
import io.diskmap.DiskMapSchema;
import io.diskmap.StorageManager;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.StorageDriverFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code diskmap config}: checks and shows the configuration without reaching a store. */
@Command(
    description = "Checks or shows the disk map and the environment; reaches no store.",
    synopsisSubcommandLabel = "(check | show | schema)")
final class ConfigCommand implements Callable<Integer> {
  private ConfigCommand() {}

  /** The command with its three subcommands. */
  static CommandLine commandLine(Diskmap diskmap) {
    CommandLine line = new CommandLine(new ConfigCommand());
    line.addSubcommand("check", new Check(diskmap));
    line.addSubcommand("show", new Show(diskmap));
    line.addSubcommand("schema", new Schema(diskmap));
    return line;
  }

  @Override
  public Integer call() {
    throw new UsageException("Say what to do: config check, config show or config schema.");
  }

  /** {@code config check}: every mistake at once. */
  @Command(description = "Lists every mistake, or says that there is none.")
  static final class Check implements Callable<Integer> {
    private final Diskmap diskmap;

    @Option(names = "--json", description = "Prints one JSON object, mistakes included.")
    private boolean json;

    Check(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() {
      PrintStream out = diskmap.terminal().out();
      try (Session session = diskmap.openWithoutAudit()) {
        StorageManager storages = session.storages();
        sections(storages.diskMap());
        if (json) {
          Json.print(out, members -> members.writeBooleanField("ok", true));
        } else {
          out.println(
              "ok: role "
                  + storages.role().name().toLowerCase(Locale.ROOT)
                  + ", "
                  + Text.count(storages.disks().size(), "disk")
                  + " ("
                  + String.join(", ", storages.disks())
                  + ")");
        }
        return Exit.OK;
      } catch (DiskMapException mistakes) {
        if (!json) {
          throw mistakes;
        }
        Json.print(out, members -> problems(members, mistakes));
        return Exit.USAGE;
      }
    }

    /** Reads each section, which is when its values are checked. */
    private static void sections(DiskMap map) {
      map.server();
      map.web();
      map.audit();
      map.cleanup();
      map.workerFiles();
      map.catalogue();
    }

    private static void problems(JsonGenerator json, DiskMapException mistakes) throws IOException {
      json.writeBooleanField("ok", false);
      json.writeArrayFieldStart("problems");
      for (DiskMapException.Problem problem : mistakes.problems()) {
        json.writeStartObject();
        json.writeStringField("disk", problem.disk());
        json.writeStringField("key", problem.key());
        json.writeNumberField("line", problem.line());
        json.writeNumberField("column", problem.column());
        json.writeStringField("message", problem.message());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  /** {@code config show}: the map that holds, without secrets. */
  @Command(description = "Prints the disk map that holds in this role, secrets as ***.")
  static final class Show implements Callable<Integer> {
    private final Diskmap diskmap;

    Show(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() {
      try (Session session = diskmap.openWithoutAudit()) {
        diskmap.terminal().out().println(session.storages().diskMap().redacted());
      }
      return Exit.OK;
    }
  }

  /** {@code config schema}: the JSON Schema of disk maps for the drivers on the class path. */
  @Command(description = "Prints the JSON Schema of disk maps, for editors and checks.")
  static final class Schema implements Callable<Integer> {
    private final Diskmap diskmap;

    Schema(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() {
      Map<String, OptionTable> tables = new TreeMap<>();
      for (StorageDriverFactory factory : ServiceLoader.load(StorageDriverFactory.class)) {
        tables.put(factory.name(), factory.options());
      }
      diskmap.terminal().out().print(DiskMapSchema.generate(tables));
      return Exit.OK;
    }
  }
}
