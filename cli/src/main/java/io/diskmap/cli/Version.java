package io.diskmap.cli;

import io.diskmap.spi.StorageDriverFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code diskmap version}: this release, the Java it runs on, and the drivers it has. */
@Command(description = "Prints the version, the Java and the drivers.")
final class Version implements Callable<Integer> {
  private final Diskmap diskmap;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  Version(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() {
    PrintStream out = diskmap.terminal().out();
    List<String> drivers =
        ServiceLoader.load(StorageDriverFactory.class).stream()
            .map(provider -> provider.get().name())
            .sorted()
            .toList();
    String java = Runtime.version().toString();
    if (json) {
      Json.print(
          out,
          members -> {
            members.writeStringField("version", release());
            members.writeStringField("java", java);
            members.writeArrayFieldStart("drivers");
            for (String driver : drivers) {
              members.writeString(driver);
            }
            members.writeEndArray();
          });
    } else {
      out.println("diskmap " + release());
      out.println("java    " + java);
      out.println("drivers " + String.join(", ", drivers));
    }
    return Exit.OK;
  }

  /** The version of this release. */
  static String release() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IllegalStateException("the class path has no version.properties");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
