package io.diskmap.testkit.defect;

import io.diskmap.DeleteReport;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Defects of deletes and moves. Stateless. */
final class DeletingDefects {
  private static final String PLACEHOLDER = ".empty";

  private DeletingDefects() {}

  static StorageDriver prefixOfTextDeleted(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
          throws StorageException {
        long files = 0;
        for (FileMetadata entry :
            ListedEntries.of(inner.list(StoragePath.root(), ListRequest.all(call)))) {
          if (entry.path().value().startsWith(prefix.value())) {
            inner.delete(entry.path(), DeleteRequest.any(call));
            files++;
          }
        }
        return new DeleteReport(files, 0, 0, List.of(), dryRun);
      }
    };
  }

  static StorageDriver prefixTakesTheFile(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
          throws StorageException {
        if (!prefix.isRoot()) {
          inner.delete(prefix, DeleteRequest.any(call));
        }
        return super.deletePrefix(prefix, dryRun, call);
      }
    };
  }

  static StorageDriver dryRunDeletes(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
          throws StorageException {
        DeleteReport done = super.deletePrefix(prefix, false, call);
        return new DeleteReport(done.files(), done.bytes(), 0, List.of(), dryRun);
      }
    };
  }

  static StorageDriver missingIsAnError(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
        if (!super.delete(path, request)) {
          throw Requests.refused(ErrorKind.NOT_FOUND);
        }
        return true;
      }
    };
  }

  static StorageDriver conditionIgnored(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
        return super.delete(path, DeleteRequest.any(request.call()));
      }
    };
  }

  static StorageDriver conditionByLooking(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
        if (request.ifMatch().isPresent()) {
          Optional<VersionTag> now = Requests.tag(inner, path, request.call());
          if (now.isEmpty()) {
            return false;
          }
          if (!now.equals(request.ifMatch())) {
            throw Requests.refused(ErrorKind.PRECONDITION_FAILED);
          }
          LockSupport.parkNanos(SavingDefects.ROUND_TRIP_NANOS);
        }
        return super.delete(path, DeleteRequest.any(request.call()));
      }
    };
  }

  /** A directory that lost its last file is kept by a placeholder that only one level shows. */
  static StorageDriver parentsStay(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
        boolean deleted = super.delete(path, request);
        StoragePath parent = path.parent().orElseThrow();
        Call call = request.call();
        if (deleted
            && !parent.isRoot()
            && ListedEntries.of(inner.list(parent, ListRequest.all(call))).isEmpty()) {
          WriteRequest keep =
              new WriteRequest(
                  UUID.randomUUID().toString().replace("-", ""),
                  OptionalLong.empty(),
                  WriteCondition.none(),
                  Durability.NONE,
                  Optional.empty(),
                  Map.of(),
                  Set.of(),
                  Optional.empty(),
                  call);
          inner.put(
              parent.resolve(StoragePath.of(PLACEHOLDER)),
              Chunk.wrap(ByteBuffer.allocate(0)),
              new CommitRequest(0, List.of(), call),
              keep);
        }
        return deleted;
      }

      @Override
      public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
        return new ListedEntries(
            ListedEntries.of(super.list(prefix, request)).stream()
                .filter(entry -> !entry.path().name().equals(PLACEHOLDER))
                .toList());
      }
    };
  }

  static StorageDriver moveLeavesTheSource(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
          throws StorageException {
        return inner.copy(source, target, request);
      }
    };
  }
}
