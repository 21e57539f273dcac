package io.diskmap.testkit.defect;

import io.diskmap.ByteRange;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Defects of reads. Stateless. */
final class ReadingDefects {
  private ReadingDefects() {}

  /** Makes the defective reader of a download. */
  @FunctionalInterface
  private interface Spoiling {
    StorageReader spoil(StorageReader sound, StoragePath path, ReadRequest request);
  }

  private static StorageDriver readers(StorageDriver sound, Spoiling spoiling) {
    return new Passing(sound) {
      @Override
      public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
        return spoiling.spoil(super.openRead(path, request), path, request);
      }
    };
  }

  static StorageDriver lastBytesAsFirst(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
        ByteRange range = request.range();
        ByteRange wrong =
            range.kind() == ByteRange.Kind.LAST ? ByteRange.first(range.offset()) : range;
        return super.openRead(
            path, new ReadRequest(wrong, request.ifMatch(), request.access(), request.call()));
      }
    };
  }

  static StorageDriver mixesVersions(StorageDriver sound) {
    return readers(
        sound,
        (reader, path, request) ->
            new PassingReader(reader) {
              private long position = reader.range().offset();

              @Override
              public int read(ByteBuffer target) throws StorageException {
                LockSupport.parkNanos(SavingDefects.ROUND_TRIP_NANOS);
                ByteRange rest = ByteRange.from(position);
                try (StorageReader now =
                    sound.openRead(
                        path,
                        new ReadRequest(
                            rest, Optional.empty(), request.access(), request.call()))) {
                  int count = now.read(target);
                  position += Math.max(0, count);
                  return count;
                }
              }
            });
  }

  static StorageDriver endsEarly(StorageDriver sound) {
    return readers(
        sound,
        (reader, path, request) ->
            new PassingReader(reader) {
              private long left = reader.range().length() - 1;

              @Override
              public int read(ByteBuffer target) throws StorageException {
                if (left <= 0 || !target.hasRemaining()) {
                  return left <= 0 ? -1 : 0;
                }
                int limit = target.limit();
                target.limit((int) Math.min(limit, target.position() + left));
                int count = super.read(target);
                target.limit(limit);
                left -= Math.max(0, count);
                return count;
              }
            });
  }

  static StorageDriver shortReadFilledUp(StorageDriver sound) {
    return readers(
        sound,
        (reader, path, request) ->
            new PassingReader(reader) {
              @Override
              public int read(ByteBuffer target) throws StorageException {
                if (target.remaining() < 2) {
                  return super.read(target);
                }
                int limit = target.limit();
                target.limit(limit - 1);
                int count = super.read(target);
                target.limit(limit);
                if (count > 0 && target.remaining() == 1) {
                  ByteBuffer swallowed = ByteBuffer.allocate(1);
                  if (super.read(swallowed) > 0) {
                    target.put((byte) 0);
                    count++;
                  }
                }
                return count;
              }
            });
  }

  static StorageDriver readsAnyVersion(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
        return super.openRead(
            path,
            new ReadRequest(request.range(), Optional.empty(), request.access(), request.call()));
      }
    };
  }
}
