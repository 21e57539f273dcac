package io.diskmap.cli;

import io.diskmap.ErrorKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code diskmap demo}: a services server and a web process on this machine, real files between
 * them, and proof that the web side wrote none.
 *
 * <p>Everything is below one temporary directory, which goes away at the end.
 */
@Command(
    description = {
      "Runs a services server and a web process on this machine and moves files between them.",
      "The web process may write no file: ulimit -f 0, and strace counts where it is installed."
    })
final class Demo implements Callable<Integer> {
  private static final Duration START_TIME = Duration.ofSeconds(30);
  private static final Duration RUN_TIME = Duration.ofMinutes(10);
  private static final Pattern LISTENING = Pattern.compile("listening on (http://[^/]+)/.*");
  private static final Pattern ACTION = Pattern.compile("\"action\":\"([a-z_]+)\"");
  private static final Pattern OUTCOME = Pattern.compile("\"outcome\":\"([a-z]+)\"");

  private final Diskmap diskmap;

  @Option(
      names = "--large",
      paramLabel = "MIB",
      defaultValue = "256",
      description = "The size of the large file in MiB (default 256).")
  private int large = 256;

  @Option(names = "--no-strace", description = "Leaves strace out where it is installed.")
  private boolean noStrace;

  Demo(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (large < 1 || large > 65_536) {
      throw new UsageException("--large is from 1 to 65536 MiB.");
    }
    long start = System.nanoTime();
    Path directory = Files.createTempDirectory("diskmap-demo-");
    try (var onSignal =
        diskmap.interrupts().cancellation().onCancel(Thread.currentThread()::interrupt)) {
      say(
          "Diskmap demo: a web process keeps its files on another server, and none on its own disk.");
      boolean well = run(directory);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      say("");
      say((well ? "All well" : "FAILED: see the lines marked with !!") + ", in " + Text.time(took));
      return well ? Exit.OK : Exit.FAILURE;
    } finally {
      deleteTree(directory);
    }
  }

  private boolean run(Path directory) throws IOException, InterruptedException {
    Path root = Files.createDirectories(directory.resolve("nas").resolve("workspace"));
    Path web = Files.createDirectory(directory.resolve("web"));
    String key = newKey();
    try (JavaProcess services = startServices(directory, key)) {
      String url = listening(services);
      say("");
      say("services   process " + services.pid() + ", role services, on " + url);
      say("           its files are below " + root);
      boolean well = runWeb(web, directory.resolve("trace"), url, key);
      int code = services.stop();
      say("");
      well &= check(code == 0, "services   stopped on SIGTERM with exit code " + code);
      well &= audit(services.lines());
      well &= leftovers(root);
      return well;
    }
  }

  private static JavaProcess startServices(Path directory, String key) throws IOException {
    List<String> command = new ArrayList<>(JavaProcess.java("-Xmx256m"));
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0", "--audit", "stdout"));
    Map<String, String> variables =
        Map.of(
            "SERVER_ROLE",
            "services",
            "NAS_WORKSPACE_PATH",
            directory.resolve("nas").toString(),
            "INTERNAL_API_KEY",
            key);
    return JavaProcess.start(command, directory, variables, line -> {});
  }

  private static String listening(JavaProcess services) throws InterruptedException {
    String line = services.await(l -> LISTENING.matcher(l).matches(), START_TIME);
    if (line == null) {
      throw new CommandException(
          ErrorKind.UNAVAILABLE,
          "The services server did not start; it said: " + String.join(" / ", services.lines()),
          "mend what it says, or run 'diskmap serve' by itself",
          null);
    }
    Matcher form = LISTENING.matcher(line);
    return form.matches() ? form.group(1) : "";
  }

  private boolean runWeb(Path directory, Path trace, String url, String key)
      throws IOException, InterruptedException {
    Optional<Path> strace = noStrace ? Optional.empty() : onPath("strace");
    List<String> command = new ArrayList<>();
    strace.ifPresent(path -> command.addAll(FileTrace.command(path, trace)));
    command.addAll(List.of("sh", "-c", "ulimit -f 0; exec \"$@\"", "sh"));
    command.addAll(JavaProcess.java("-Xmx256m"));
    command.addAll(List.of("demo-web", "--large", Long.toString((long) large << 20)));
    Map<String, String> variables =
        Map.of("SERVER_ROLE", "web", "SERVICES_URL", url, "INTERNAL_API_KEY", key);
    say("");
    say("web        role web, under 'ulimit -f 0'" + (strace.isPresent() ? " and strace" : ""));
    try (JavaProcess web =
        JavaProcess.start(command, directory, variables, line -> say("           " + line))) {
      int code = web.awaitExit(RUN_TIME);
      boolean well = check(code == 0, "web        ended with exit code " + code);
      try (Stream<Path> files = Files.list(directory)) {
        well &= check(files.findAny().isEmpty(), "web        its working directory is empty");
      }
      return well && (strace.isEmpty() || traced(trace));
    }
  }

  private boolean traced(Path trace) throws IOException {
    FileTrace seen = FileTrace.read(trace);
    boolean well =
        check(
            seen.opened() > 0 && seen.written().isEmpty(),
            "web        files opened for writing: %d (strace saw %s)"
                .formatted(seen.written().size(), Text.count(seen.opened(), "open")));
    seen.written().forEach(path -> say("           !! " + path));
    return well;
  }

  private boolean audit(List<String> lines) {
    Map<String, Integer> counts = new TreeMap<>();
    List<String> records = lines.stream().filter(line -> line.startsWith("{")).toList();
    for (String record : records) {
      counts.merge(find(ACTION, record) + " " + find(OUTCOME, record), 1, Integer::sum);
    }
    say("");
    say("audit      " + Text.count(records.size(), "record") + ", written on the services side:");
    counts.forEach(
        (what, count) -> say(String.format(Locale.ROOT, "           %6d  %s", count, what)));
    records.stream().limit(1).forEach(record -> say("           the first: " + record));
    boolean whole =
        counts.containsKey("file_uploaded_chunked ok")
            && counts.containsKey("file_uploaded_via_stream ok")
            && counts.containsKey("file_downloaded_via_stream ok")
            && counts.containsKey("prefix_deleted_via_api ok");
    return check(whole, "audit      it names the uploads, the downloads and the delete");
  }

  private boolean leftovers(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      List<String> files =
          all.filter(Files::isRegularFile)
              .map(file -> root.relativize(file).toString())
              .filter(name -> !name.startsWith(".diskmap"))
              .toList();
      return check(
          files.isEmpty(), "services   files left after the delete of the prefix: " + files.size());
    }
  }

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "?";
  }

  private boolean check(boolean held, String text) {
    say(held ? text : text + "   !!");
    return held;
  }

  private void say(String line) {
    diskmap.terminal().out().println(line);
    diskmap.terminal().out().flush();
  }

  private static String newKey() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private Optional<Path> onPath(String program) {
    String path = environment("PATH");
    for (String directory : path == null ? new String[0] : path.split(":")) {
      Path file = Path.of(directory, program);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private @Nullable String environment(String name) {
    return diskmap.terminal().environment().apply(name);
  }

  private static void deleteTree(Path directory) {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
