package io.diskmap.local;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.record.Sidecar;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * Opens a file together with the version that it has.
 *
 * <p>Thread-safe. Java gives no look at an open file, so the name is looked at before and after the
 * opening: where both looks see the same version, that is what was opened.
 */
final class Opening {
  private final Disk disk;

  Opening(Disk disk) {
    this.disk = disk;
  }

  StorageReader open(Dir root, StoragePath path, ReadRequest request) throws IOException {
    while (true) {
      request.call().check();
      try (Lookup.Found found = disk.lookup.find(root, path)) {
        Version version = found.version();
        refuseOther(request, version);
        FileChannel file = found.parent().openFile(found.name(), Set.of(StandardOpenOption.READ));
        boolean kept = false;
        try {
          Version after = disk.lookup.version(found.parent(), found.name());
          if (isSame(version, after)) {
            kept = true;
            return reader(path, request, version, file);
          }
        } finally {
          if (!kept) {
            file.close();
          }
        }
      }
    }
  }

  private static void refuseOther(ReadRequest request, Version version) throws StorageException {
    if (request.ifMatch().isPresent() && !version.tag().matches(request.ifMatch().get())) {
      throw Publisher.otherVersion(null);
    }
  }

  private static boolean isSame(Version before, Version after) {
    return before.attrs().isSameContent(after.attrs()) && before.changed().equals(after.changed());
  }

  private StorageReader reader(
      StoragePath path, ReadRequest request, Version version, FileChannel file) throws IOException {
    Sidecar kept = disk.sidecars.of(version.attrs());
    FileMetadata metadata = kept.on(version.metadata(path));
    ByteRange range = request.range().within(version.attrs().size());
    return new LocalReader(
        metadata, range, file, () -> isUnchanged(path, version, file), request.call());
  }

  /** Only a file that is still under its name can be looked at; one that was replaced is whole. */
  private boolean isUnchanged(StoragePath path, Version opened, FileChannel file)
      throws IOException {
    if (file.size() != opened.attrs().size()) {
      return false;
    }
    Optional<Attrs> now =
        disk.tree.run(
            root -> {
              Place place = Place.of(path);
              try (Dir parent = SafeTree.walk(root, place.parents())) {
                return Publisher.statIfThere(parent, place.name());
              } catch (NoSuchFileException | NotDirectoryException | LinkRefusedException gone) {
                return Optional.empty();
              }
            });
    return now.filter(n -> n.key().equals(opened.attrs().key()))
        .map(n -> n.isSameContent(opened.attrs()))
        .orElse(true);
  }
}
