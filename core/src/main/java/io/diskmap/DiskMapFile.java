package io.diskmap;

import io.diskmap.internal.json.JsonDocument;
import io.diskmap.internal.options.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the file of a disk map. Any thread may call it. */
final class DiskMapFile {
  private DiskMapFile() {}

  /** The text of the file; a {@link DiskMapException} names the file and what is wrong with it. */
  static String read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(JsonDocument.MAX_CHARS + 1);
    } catch (IOException failure) {
      String reason = SecretFile.reason(file, failure);
      throw DiskMapException.of("the disk map " + file + " cannot be read: " + reason);
    }
    if (bytes.length > JsonDocument.MAX_CHARS) {
      throw DiskMapException.of(
          "the disk map " + file + " is larger than " + JsonDocument.MAX_CHARS + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException binary) {
      throw DiskMapException.of("the disk map " + file + " is no UTF-8 text");
    }
  }
}
