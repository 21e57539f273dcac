package io.diskmap.testkit.server;

import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs servers that refuse root as the user {@code nobody}, and as oneself otherwise. Any thread
 * may use it.
 */
final class Unprivileged {
  private static final String USER = "nobody";

  private Unprivileged() {}

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** The command as that user. */
  static List<String> command(List<String> command) {
    if (!isRoot()) {
      return command;
    }
    List<String> wrapped = new ArrayList<>();
    wrapped.add(Tool.ofPackage("setpriv", "util-linux").path().toString());
    wrapped.addAll(List.of("--reuid=" + USER, "--regid=nogroup", "--clear-groups"));
    wrapped.addAll(command);
    return wrapped;
  }

  /** A fresh directory that the user owns, below one that everybody may enter. */
  static Path directory(String prefix) throws IOException {
    Path directory = Files.createTempDirectory(prefix);
    if (isRoot()) {
      UserPrincipal owner =
          directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
      Files.setOwner(directory, owner);
    }
    return directory;
  }

  static void removeTree(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  /** Runs a command that prepares a server, to its end. */
  static void run(List<String> command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("diskmap-prepare-", ".log");
    try {
      Process process =
          new ProcessBuilder(command(command))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process.getOutputStream().close();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " failed:\n" + Files.readString(log));
      }
    } finally {
      Files.deleteIfExists(log);
    }
  }
}
