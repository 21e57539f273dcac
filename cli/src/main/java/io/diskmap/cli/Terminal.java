package io.diskmap.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds one run of the command: its streams, its variables, and whether somebody watches.
 * Immutable; used by the thread that runs the command and by the threads of a progress display.
 *
 * @param in standard input
 * @param data standard output for content, unbuffered
 * @param out standard output for lines, in UTF-8
 * @param err standard error
 * @param environment the variables
 * @param interactive whether standard error is a terminal
 * @param width the columns of the terminal
 */
record Terminal(
    InputStream in,
    OutputStream data,
    PrintStream out,
    PrintStream err,
    Function<String, @Nullable String> environment,
    boolean interactive,
    int width) {
  private static final int BUFFER = 64 * 1024;
  private static final int DEFAULT_WIDTH = 100;

  /** The terminal of this process. */
  static Terminal ofProcess() {
    FileOutputStream data = new FileOutputStream(FileDescriptor.out);
    PrintStream out =
        new PrintStream(new BufferedOutputStream(data, BUFFER), false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    return new Terminal(input(), data, out, err, System::getenv, errorIsTerminal(), columns());
  }

  /** Standard input as a channel's stream, whose reads end when their thread is interrupted. */
  private static InputStream input() {
    return Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel());
  }

  private static boolean errorIsTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException noProc) {
      return System.console() != null;
    }
  }

  private static int columns() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_WIDTH;
  }
}
