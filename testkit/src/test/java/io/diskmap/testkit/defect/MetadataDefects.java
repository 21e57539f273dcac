package io.diskmap.testkit.defect;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Defects of metadata. Stateless. */
final class MetadataDefects {
  private MetadataDefects() {}

  /** Shows all metadata changed, wherever it comes from. */
  private static class Changing extends Passing {
    private final UnaryOperator<FileMetadata> change;

    Changing(StorageDriver inner, UnaryOperator<FileMetadata> change) {
      super(inner);
      this.change = change;
    }

    @Override
    public FileMetadata stat(StoragePath path, Call call) throws StorageException {
      return change.apply(super.stat(path, call));
    }

    @Override
    public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
      return new PassingReader(super.openRead(path, request)) {
        @Override
        public FileMetadata metadata() {
          return change.apply(super.metadata());
        }
      };
    }

    @Override
    public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
      return new PassingWriter(super.openWrite(path, request)) {
        @Override
        public FileMetadata commit(CommitRequest commit) throws StorageException {
          return change.apply(super.commit(commit));
        }
      };
    }

    @Override
    public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
      return listed(super.list(prefix, request), change);
    }
  }

  private static EntryCursor listed(EntryCursor sound, UnaryOperator<FileMetadata> change)
      throws StorageException {
    return new ListedEntries(
        ListedEntries.of(sound).stream().map(e -> e.isDirectory() ? e : change.apply(e)).toList());
  }

  private static FileMetadata with(FileMetadata file, long size, Instant time, VersionTag tag) {
    return new FileMetadata(
        file.path(),
        file.type(),
        size,
        time,
        tag,
        file.contentType(),
        file.checksums(),
        file.attributes());
  }

  static StorageDriver bornOld(StorageDriver sound) {
    Map<StoragePath, Instant> begun = new ConcurrentHashMap<>();
    return new Changing(
        sound,
        file ->
            with(
                file,
                file.size(),
                begun.getOrDefault(file.path(), file.modified()),
                file.versionTag())) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        begun.put(path, inner.storeTime(request.call()));
        return super.openWrite(path, request);
      }
    };
  }

  static StorageDriver tagOfTheSize(StorageDriver sound) {
    return new Changing(
        sound,
        file -> with(file, file.size(), file.modified(), VersionTag.strong("s" + file.size())));
  }

  static StorageDriver tagDiffersInListings(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
        return listed(
            super.list(prefix, request),
            file ->
                with(
                    file,
                    file.size(),
                    file.modified(),
                    VersionTag.strong("L" + file.versionTag().value())));
      }
    };
  }

  static StorageDriver sizesMissingInListings(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
        return listed(
            super.list(prefix, request), file -> with(file, 0, file.modified(), file.versionTag()));
      }
    };
  }

  static StorageDriver directoryAsAFile(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public FileMetadata stat(StoragePath path, Call call) throws StorageException {
        try {
          return super.stat(path, call);
        } catch (StorageException e) {
          List<FileMetadata> below = ListedEntries.of(inner.list(path, ListRequest.all(call)));
          if (e.kind() == ErrorKind.NOT_FOUND && !below.isEmpty()) {
            return FileMetadata.file(path, 0, Instant.EPOCH, VersionTag.strong("directory"));
          }
          throw e;
        }
      }
    };
  }

  static StorageDriver remembersTheMissing(StorageDriver sound) {
    Set<StoragePath> missing = ConcurrentHashMap.newKeySet();
    return new Passing(sound) {
      @Override
      public FileMetadata stat(StoragePath path, Call call) throws StorageException {
        if (missing.contains(path)) {
          throw Requests.refused(ErrorKind.NOT_FOUND);
        }
        try {
          return super.stat(path, call);
        } catch (StorageException e) {
          missing.add(path);
          throw e;
        }
      }
    };
  }
}
