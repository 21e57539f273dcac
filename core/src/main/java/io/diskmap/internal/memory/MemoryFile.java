package io.diskmap.internal.memory;

import io.diskmap.Checksum;
import io.diskmap.EntryType;
import io.diskmap.FileMetadata;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One version of a file: its bytes and what is kept with them.
 *
 * <p>Immutable.
 */
record MemoryFile(
    MemoryContent content,
    Instant modified,
    VersionTag tag,
    Optional<String> contentType,
    List<Checksum> checksums,
    Map<String, String> attributes) {

  long size() {
    return content.length();
  }

  /** With all that is kept. */
  FileMetadata metadata(StoragePath path) {
    return new FileMetadata(
        path, EntryType.FILE, size(), modified, tag, contentType, checksums, attributes);
  }

  /** As a listing shows it. */
  FileMetadata listed(StoragePath path) {
    return FileMetadata.file(path, size(), modified, tag);
  }

  /** The same bytes as another version. */
  MemoryFile as(VersionTag newTag, Instant newModified) {
    return new MemoryFile(content, newModified, newTag, contentType, checksums, attributes);
  }
}
