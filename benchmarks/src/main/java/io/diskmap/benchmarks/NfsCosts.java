package io.diskmap.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.diskmap.Content;
import io.diskmap.Storage;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The processor time of the NFS driver's client beside that of libnfs with as many requests in
 * flight, a program in C that is compiled here. For one thread.
 *
 * <p>Ours is the time of this whole process, its compiler and its garbage collector included, in
 * the state of a process that has run for a while: by then the compiler has little left to do. That
 * of the peer is one run of its program.
 */
final class NfsCosts {
  private static final int ROUNDS = 9;
  private static final int WARM_UPS = 40;
  private static final String IN_FLIGHT = "16";

  private final Path source;
  private final Path work;
  private final String url;
  private final Storage storage;
  private int number;

  /** Moves this file to and from the storage and the URL, which has a place for a name. */
  NfsCosts(Path source, Path work, String url, Storage storage) {
    this.source = source;
    this.work = work;
    this.url = url;
    this.storage = storage;
  }

  String table() throws Exception {
    Path program = work.resolve("nfs-async");
    Shell.run("cc", "-O2", "-o", program.toString(), "benchmarks/src/main/c/nfs-async.c", "-lnfs");
    StringBuilder table =
        new StringBuilder(
            """

            | processor time of the client, 256 MiB, after %d transfers | ours, s \
            | libnfs asynchronous, s | ratio | at most |
            |---|---:|---:|---:|---:|
            """
                .formatted(WARM_UPS));
    for (boolean up : new boolean[] {true, false}) {
      for (int i = 0; i < WARM_UPS; i++) {
        ours(up);
      }
      List<Double> mine = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        mine.add(ours(up));
        theirs.add(theirs(program, up));
      }
      double a = Duel.median(mine);
      double b = Duel.median(theirs);
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %s%.2f | 1.25 |%n",
              up ? "save" : "downloadTo",
              a,
              b,
              a / b <= 1.25 ? "" : "**not reached** ",
              a / b));
    }
    return table.toString();
  }

  private double ours(boolean up) throws IOException {
    Path target = work.resolve("cost.bin");
    Files.deleteIfExists(target);
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long before = system.getProcessCpuTime();
    if (up) {
      storage.save("cost", Content.of(source));
    } else {
      storage.downloadTo("big", target);
    }
    return (system.getProcessCpuTime() - before) / 1e9;
  }

  private double theirs(Path program, boolean up) throws Exception {
    Path target = work.resolve("cost.bin");
    Files.deleteIfExists(target);
    number++;
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "TIMEFORMAT='%U %S'; time \"$@\"",
                "bash",
                program.toString(),
                up ? "up" : "down",
                (up ? source : target).toString(),
                url.formatted(up ? "async-" + number : "big"),
                IN_FLIGHT)
            .redirectOutput(Redirect.DISCARD)
            .start();
    String told = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("nfs-async failed: " + told);
    }
    String[] lines = told.strip().split("\n");
    String[] times = lines[lines.length - 1].strip().split(" ");
    return Double.parseDouble(times[0]) + Double.parseDouble(times[1]);
  }
}
