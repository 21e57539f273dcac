package io.diskmap.spi.record;

import io.diskmap.Checksum;
import io.diskmap.FileMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of a file beside its content.
 *
 * <p>Immutable.
 */
public record Sidecar(
    Optional<String> contentType, List<Checksum> checksums, Map<String, String> attributes) {
  public static final Sidecar NONE = new Sidecar(Optional.empty(), List.of(), Map.of());

  public Sidecar {
    checksums = List.copyOf(checksums);
    attributes = Map.copyOf(attributes);
  }

  public boolean isEmpty() {
    return contentType.isEmpty() && checksums.isEmpty() && attributes.isEmpty();
  }

  /** The file's metadata with what is kept. */
  public FileMetadata on(FileMetadata file) {
    return isEmpty()
        ? file
        : new FileMetadata(
            file.path(),
            file.type(),
            file.size(),
            file.modified(),
            file.versionTag(),
            contentType,
            checksums,
            attributes);
  }
}
