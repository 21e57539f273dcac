package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.EntryType;
import io.diskmap.FileMetadata;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a file, as JSON: {@code path, type, size, modified, etag, contentType, crc32c,
 * sha256, attributes}. Stateless.
 */
public final class FileDocument {
  private static final String DIRECTORY = "directory";

  private FileDocument() {}

  /** Writes the members into the object that is open. */
  public static void write(JsonGenerator out, FileMetadata file) throws IOException {
    out.writeStringField("path", file.path().value());
    out.writeStringField("type", file.isDirectory() ? DIRECTORY : "file");
    if (file.isDirectory()) {
      return;
    }
    out.writeNumberField("size", file.size());
    out.writeStringField("modified", file.modified().toString());
    out.writeStringField("etag", tag(file.versionTag()).toString());
    if (file.contentType().isPresent()) {
      out.writeStringField("contentType", file.contentType().get());
    }
    for (Checksum checksum : file.checksums()) {
      out.writeStringField(member(checksum.algorithm()), checksum.hex());
    }
    if (!file.attributes().isEmpty()) {
      out.writeObjectFieldStart("attributes");
      for (Map.Entry<String, String> attribute : file.attributes().entrySet()) {
        out.writeStringField(attribute.getKey(), attribute.getValue());
      }
      out.writeEndObject();
    }
  }

  /** Reads what {@link #write} wrote; a path that breaks the rules of paths is a broken reply. */
  public static FileMetadata read(JsonObject json) throws IOException {
    StoragePath path = StoragePath.of(json.text("path"));
    if (json.optionalText("type").orElse("file").equals(DIRECTORY)) {
      return FileMetadata.directory(path);
    }
    List<Checksum> checksums = new ArrayList<>();
    try {
      for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
        Optional<String> hex = json.optionalText(member(algorithm));
        hex.ifPresent(value -> checksums.add(new Checksum(algorithm, value)));
      }
      return new FileMetadata(
          path,
          EntryType.FILE,
          json.number("size"),
          Instant.parse(json.text("modified")),
          versionTag(json.text("etag")),
          json.optionalText("contentType"),
          checksums,
          json.texts("attributes"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new MalformedException("the description of a file is broken");
    }
  }

  /** The version tag as an entity tag. */
  public static EntityTag tag(VersionTag tag) {
    return new EntityTag(tag.value(), !tag.strong());
  }

  /** The entity tag as a version tag. */
  public static VersionTag versionTag(EntityTag tag) throws MalformedException {
    try {
      return new VersionTag(tag.opaque(), !tag.weak());
    } catch (IllegalArgumentException e) {
      throw new MalformedException("the entity tag is none of this server's");
    }
  }

  /** The header form as a version tag. */
  public static VersionTag versionTag(String header) throws MalformedException {
    return versionTag(
        EntityTag.parse(header)
            .orElseThrow(() -> new MalformedException("the entity tag is broken")));
  }

  private static String member(ChecksumAlgorithm algorithm) {
    return switch (algorithm) {
      case CRC32C -> "crc32c";
      case SHA256 -> "sha256";
    };
  }
}
