package io.diskmap.testkit.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The last lines of a log, for an error message. For any thread. */
final class LogTail {
  private static final int BYTES = 4096;

  private LogTail() {}

  static String of(Path file) {
    if (!Files.exists(file)) {
      return "(no log)";
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(Math.max(0, log.length() - BYTES));
      byte[] bytes = new byte[(int) (log.length() - log.getFilePointer())];
      log.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "(empty log)" : text;
    } catch (IOException e) {
      return "(log cannot be read: " + e.getMessage() + ")";
    }
  }
}
