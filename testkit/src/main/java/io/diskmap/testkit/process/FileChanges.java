package io.diskmap.testkit.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The reader of the record that {@link Strace#recordingFiles} makes. Stateless, for any thread.
 *
 * <p>Calls that failed are left out: they changed nothing. Calls that a kill interrupted are kept,
 * as they may have happened.
 */
public final class FileChanges {
  private static final Pattern WHOLE = Pattern.compile("(\\d+) +(\\w+)\\((.*)\\) += (\\S+).*");
  private static final Pattern BEGUN =
      Pattern.compile("(\\d+) +(\\w+)\\((.*?) *<unfinished \\.\\.\\.>");
  private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. (\\w+) resumed>(.*)");
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern DIRECTORY =
      Pattern.compile("(?:AT_FDCWD|\\d+)<((?:[^>\\\\]|\\\\.)*)>, $");
  private static final Pattern FLAG = Pattern.compile("\\bO_[A-Z_]+\\b");
  private static final Set<String> CHANGING =
      Set.of("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_TMPFILE");

  private FileChanges() {}

  /**
   * Reads a record.
   *
   * @param log what strace wrote
   * @param workingDirectory the directory in which the process ran, for relative paths
   */
  public static List<FileChange> read(Path log, Path workingDirectory) throws IOException {
    List<FileChange> changes = new ArrayList<>();
    Map<String, String> begun = new HashMap<>();
    for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
      Matcher first = BEGUN.matcher(line);
      Matcher second = RESUMED.matcher(line);
      if (first.matches()) {
        begun.put(first.group(1), first.group(1) + " " + first.group(2) + "(" + first.group(3));
      } else if (second.matches()) {
        String start = begun.remove(second.group(1));
        if (start != null) {
          whole(start + second.group(3), workingDirectory).ifPresent(changes::add);
        }
      } else {
        whole(line, workingDirectory).ifPresent(changes::add);
      }
    }
    for (String neverEnded : begun.values()) {
      whole(neverEnded + ") = ?", workingDirectory).ifPresent(changes::add);
    }
    return changes;
  }

  private static Optional<FileChange> whole(String line, Path workingDirectory) {
    Matcher call = WHOLE.matcher(line);
    if (!call.matches() || call.group(4).startsWith("-")) {
      return Optional.empty();
    }
    String arguments = call.group(3);
    Matcher quoted = QUOTED.matcher(arguments);
    int start = -1;
    int end = -1;
    String path = "";
    while (quoted.find()) {
      start = quoted.start();
      end = quoted.end();
      path = unescape(quoted.group(1));
    }
    Set<String> flags = start < 0 ? Set.of() : flags(arguments.substring(end));
    if (start < 0 || call.group(2).matches("open|openat|openat2") && !changes(flags)) {
      return Optional.empty();
    }
    Matcher directory = DIRECTORY.matcher(arguments.substring(0, start));
    Path base = directory.find() ? Path.of(unescape(directory.group(1))) : workingDirectory;
    String absolute = base.toAbsolutePath().resolve(path).normalize().toString();
    return Optional.of(
        new FileChange(Long.parseLong(call.group(1)), call.group(2), absolute, flags));
  }

  private static Set<String> flags(String text) {
    Set<String> flags = new HashSet<>();
    Matcher flag = FLAG.matcher(text);
    while (flag.find()) {
      flags.add(flag.group());
    }
    return flags;
  }

  private static boolean changes(Set<String> flags) {
    return flags.stream().anyMatch(CHANGING::contains);
  }

  /** Undoes the escapes of a C string, whose bytes are UTF-8. */
  private static String unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.write(c);
        continue;
      }
      c = text.charAt(++i);
      if (c >= '0' && c <= '7') {
        int value = 0;
        int digits = 0;
        while (digits < 3 && i + digits < text.length() && isOctal(text.charAt(i + digits))) {
          value = value * 8 + text.charAt(i + digits) - '0';
          digits++;
        }
        i += digits - 1;
        bytes.write(value);
      } else {
        int known = "abtnvfr".indexOf(c);
        bytes.write(known < 0 ? c : 7 + known);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }
}
