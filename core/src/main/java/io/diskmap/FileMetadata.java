package io.diskmap;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a store knows about one file, at the moment of the call.
 *
 * <p>Immutable. A listing fills path, type, size, modified and version tag (clause L6); content
 * type, checksums and attributes come with {@link Storage#metadata}, a save and a download.
 *
 * @param path where it is
 * @param type a file, or a directory in a listing of one level
 * @param size bytes; 0 for a directory
 * @param modified by the store's clock, not earlier than the commit; the epoch for a directory
 * @param versionTag changes with the content
 * @param contentType as given with the save, else guessed from the name
 * @param checksums those that are recorded or were computed by this call
 * @param attributes the user's, lower-case keys
 */
public record FileMetadata(
    StoragePath path,
    EntryType type,
    long size,
    Instant modified,
    VersionTag versionTag,
    Optional<String> contentType,
    List<Checksum> checksums,
    Map<String, String> attributes) {
  private static final VersionTag DIRECTORY_TAG = VersionTag.weak("directory");

  public FileMetadata {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(modified, "modified");
    Objects.requireNonNull(versionTag, "versionTag");
    Objects.requireNonNull(contentType, "contentType");
    if (size < 0) {
      throw new IllegalArgumentException("size must not be negative");
    }
    checksums = List.copyOf(checksums);
    attributes = Map.copyOf(attributes);
  }

  /** A file as a listing shows it. */
  public static FileMetadata file(StoragePath path, long size, Instant modified, VersionTag tag) {
    return new FileMetadata(
        path, EntryType.FILE, size, modified, tag, Optional.empty(), List.of(), Map.of());
  }

  /** A directory as a listing of one level shows it. */
  public static FileMetadata directory(StoragePath path) {
    return new FileMetadata(
        path,
        EntryType.DIRECTORY,
        0,
        Instant.EPOCH,
        DIRECTORY_TAG,
        Optional.empty(),
        List.of(),
        Map.of());
  }

  /** Whether this is a directory. */
  public boolean isDirectory() {
    return type == EntryType.DIRECTORY;
  }

  /** The checksum of this algorithm, where it is known. */
  public Optional<Checksum> checksum(ChecksumAlgorithm algorithm) {
    return checksums.stream().filter(c -> c.algorithm() == algorithm).findFirst();
  }

  /** The same under another path. */
  public FileMetadata withPath(StoragePath value) {
    return new FileMetadata(
        value, type, size, modified, versionTag, contentType, checksums, attributes);
  }

  /** The same with another content type. */
  public FileMetadata withContentType(String value) {
    return new FileMetadata(
        path, type, size, modified, versionTag, Optional.of(value), checksums, attributes);
  }

  /** The same with other checksums. */
  public FileMetadata withChecksums(List<Checksum> value) {
    return new FileMetadata(path, type, size, modified, versionTag, contentType, value, attributes);
  }

  /** The same with other user attributes. */
  public FileMetadata withAttributes(Map<String, String> value) {
    return new FileMetadata(path, type, size, modified, versionTag, contentType, checksums, value);
  }
}
