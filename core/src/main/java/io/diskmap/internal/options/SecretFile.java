package io.diskmap.internal.options;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a small text file that holds one value. Any thread may call it. */
public final class SecretFile {
  private static final int MAX_BYTES = 64 * 1024;

  private SecretFile() {}

  /** The text of a file without the line ends behind it. */
  public static String read(String name) throws BadValueException {
    Path file = TextValue.path(name);
    if (!file.isAbsolute()) {
      throw new BadValueException("the path of ${file:...} is absolute or begins with ~/");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException failure) {
      throw new BadValueException("file " + file + " cannot be read: " + reason(file, failure));
    }
    if (bytes.length > MAX_BYTES) {
      throw new BadValueException("file " + file + " is larger than " + MAX_BYTES + " bytes");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.replaceAll("[\\r\\n]+\\z", "");
    } catch (CharacterCodingException binary) {
      throw new BadValueException("file " + file + " holds no UTF-8 text");
    }
  }

  /** Why a file cannot be read, in words. */
  public static String reason(Path file, IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return "this process has no permission";
    }
    if (Files.isDirectory(file)) {
      return "it is a directory";
    }
    return failure.getClass().getSimpleName();
  }
}
