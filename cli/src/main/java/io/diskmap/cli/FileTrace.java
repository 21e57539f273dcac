package io.diskmap.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What strace saw of the files that a process opened. Immutable.
 *
 * @param opened how many opens succeeded
 * @param written the paths that were opened for writing or made
 */
record FileTrace(long opened, List<String> written) {
  private static final Pattern CALL =
      Pattern.compile("(?:open|openat|openat2|creat)\\((?:[^\"]*)\"([^\"]*)\"(.*)= ([0-9]+).*");

  /**
   * What the Java virtual machine opens for writing by itself: the filter of its core dumps, which
   * is a setting of the kernel and no file, and the device that forgets.
   */
  private static final Set<String> OF_THE_JVM = Set.of("/proc/self/coredump_filter", "/dev/null");

  private static final Pattern WRITING = Pattern.compile("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC");
  private static final Pattern MAKING =
      Pattern.compile("(?:mkdir|mkdirat|mknod|mknodat|link|linkat|rename|renameat|renameat2)\\(.*");

  FileTrace {
    written = List.copyOf(written);
  }

  /** The command that runs another one under strace, its trace going to a file. */
  static List<String> command(Path strace, Path trace) {
    return List.of(
        strace.toString(),
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-s",
        "4096",
        "-e",
        "trace=open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,link,linkat,rename,renameat,"
            + "renameat2",
        "-e",
        "signal=none",
        "-o",
        trace.toString());
  }

  /** Reads a trace. */
  static FileTrace read(Path trace) throws IOException {
    long opened = 0;
    List<String> written = new ArrayList<>();
    for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
      String call = line.replaceFirst("^[0-9]+ +", "");
      Matcher open = CALL.matcher(call);
      if (open.matches()) {
        opened++;
        boolean writing = WRITING.matcher(open.group(2)).find() || call.startsWith("creat(");
        if (writing && !OF_THE_JVM.contains(open.group(1))) {
          written.add(open.group(1));
        }
      } else if (MAKING.matcher(call).matches() && call.endsWith("= 0")) {
        written.add(call);
      }
    }
    return new FileTrace(opened, written);
  }
}
