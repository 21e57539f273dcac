package io.diskmap.testkit.defect;

import io.diskmap.ByteRange;
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
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Defects of saves and uploads. Stateless. */
final class SavingDefects {
  /** How long a fast network takes between a look and what follows from it. */
  static final long ROUND_TRIP_NANOS = 100_000;

  private SavingDefects() {}

  /** Makes the defective writer of a save. */
  @FunctionalInterface
  private interface Spoiling {
    StorageWriter spoil(StorageWriter sound, StoragePath path, WriteRequest request);
  }

  private static StorageDriver writers(StorageDriver sound, Spoiling spoiling) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        return spoiling.spoil(inner.openWrite(path, request), path, request);
      }
    };
  }

  static StorageDriver ifAbsentByLooking(StorageDriver sound) {
    return looking(sound, WriteCondition.Kind.IF_ABSENT);
  }

  static StorageDriver ifMatchByLooking(StorageDriver sound) {
    return looking(sound, WriteCondition.Kind.IF_MATCH);
  }

  private static StorageDriver looking(StorageDriver sound, WriteCondition.Kind kind) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        if (request.condition().kind() != kind) {
          return inner.openWrite(path, request);
        }
        return new PassingWriter(inner.openWrite(path, Requests.unconditional(request))) {
          @Override
          public FileMetadata commit(CommitRequest commit) throws StorageException {
            look(inner(), path, request);
            return super.commit(commit);
          }
        };
      }

      private StorageDriver inner() {
        return inner;
      }
    };
  }

  private static void look(StorageDriver driver, StoragePath path, WriteRequest request)
      throws StorageException {
    Optional<VersionTag> now = Requests.tag(driver, path, request.call());
    LockSupport.parkNanos(ROUND_TRIP_NANOS);
    if (request.condition().kind() == WriteCondition.Kind.IF_ABSENT && now.isPresent()) {
      throw Requests.refused(ErrorKind.ALREADY_EXISTS);
    }
    if (request.condition().kind() == WriteCondition.Kind.IF_MATCH
        && !now.equals(request.condition().tag())) {
      throw Requests.refused(ErrorKind.PRECONDITION_FAILED);
    }
  }

  static StorageDriver ifAbsentIgnored(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        return inner.openWrite(path, Requests.unconditional(request));
      }
    };
  }

  static StorageDriver writesInPlace(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              @Override
              public void write(long offset, Chunk chunk, Call call) throws StorageException {
                publish(sound, path, request, chunk);
                super.write(offset, chunk, call);
              }
            });
  }

  private static void publish(
      StorageDriver driver, StoragePath path, WriteRequest request, Chunk chunk)
      throws StorageException {
    WriteRequest own =
        Requests.ofAnyLength(
            Requests.unchecked(Requests.withId(Requests.unconditional(request), newId())));
    CommitRequest commit = new CommitRequest(chunk.length(), List.of(), request.call());
    driver.put(path, chunk.retain(), commit, own);
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  static StorageDriver closeCommits(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              private boolean over;

              @Override
              public FileMetadata commit(CommitRequest commit) throws StorageException {
                FileMetadata saved = super.commit(commit);
                over = true;
                return saved;
              }

              @Override
              public void detach(Call call) throws StorageException {
                over = true;
                super.detach(call);
              }

              @Override
              public void close() {
                try {
                  if (!over) {
                    Call call = Call.unbounded(request.call().context());
                    long length = inner.received(call).stream().mapToLong(ByteRange::length).sum();
                    inner.commit(new CommitRequest(length, List.of(), call));
                  }
                } catch (StorageException e) {
                  over = true;
                }
                super.close();
              }
            });
  }

  static StorageDriver closeKeepsStaged(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              @Override
              public void close() {}
            });
  }

  static StorageDriver lastChunkLost(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        return new PassingWriter(inner.openWrite(path, Requests.ofAnyLength(request))) {
          private final AtomicLong lost = new AtomicLong();

          @Override
          public void write(long offset, Chunk chunk, Call call) throws StorageException {
            if (offset > 0 && chunk.length() < chunkSize()) {
              lost.addAndGet(chunk.length());
              chunk.release();
            } else {
              super.write(offset, chunk, call);
            }
          }

          @Override
          public FileMetadata commit(CommitRequest commit) throws StorageException {
            long rest = commit.length() - lost.get();
            return super.commit(
                lost.get() == 0 ? commit : new CommitRequest(rest, List.of(), commit.call()));
          }
        };
      }
    };
  }

  static StorageDriver chunksInOrderOfArrival(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              private long next;

              @Override
              public synchronized void write(long offset, Chunk chunk, Call call)
                  throws StorageException {
                super.write(chunk.length() < chunkSize() ? offset : next, chunk, call);
                next += chunkSize();
              }
            });
  }

  static StorageDriver otherBytesAccepted(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              @Override
              public void write(long offset, Chunk chunk, Call call) throws StorageException {
                try {
                  super.write(offset, chunk, call);
                } catch (StorageException e) {
                  if (e.kind() != ErrorKind.PRECONDITION_FAILED) {
                    throw e;
                  }
                }
              }
            });
  }

  static StorageDriver checksumIgnored(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        return inner.openWrite(path, Requests.unchecked(request));
      }
    };
  }

  static StorageDriver resumeLosesAChunk(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
        StorageWriter writer = inner.resumeWrite(id, call);
        return new PassingWriter(writer) {
          @Override
          public List<ByteRange> received(Call asking) throws StorageException {
            List<ByteRange> all = super.received(asking);
            ByteRange last = all.get(all.size() - 1);
            long rest = Math.max(0, last.length() - chunkSize());
            return List.of(ByteRange.of(last.offset(), rest));
          }
        };
      }
    };
  }

  static StorageDriver receivedHidesGaps(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              @Override
              public List<ByteRange> received(Call call) throws StorageException {
                List<ByteRange> all = super.received(call);
                if (all.isEmpty()) {
                  return all;
                }
                ByteRange last = all.get(all.size() - 1);
                return List.of(ByteRange.first(last.offset() + last.length()));
              }
            });
  }

  static StorageDriver gapsAreZeros(StorageDriver sound) {
    return writers(
        sound,
        (writer, path, request) ->
            new PassingWriter(writer) {
              @Override
              public FileMetadata commit(CommitRequest commit) throws StorageException {
                long end = 0;
                for (ByteRange range : inner.received(commit.call())) {
                  fill(inner, end, range.offset(), commit.call());
                  end = range.offset() + range.length();
                }
                fill(inner, end, commit.length(), commit.call());
                return super.commit(commit);
              }
            });
  }

  private static void fill(StorageWriter writer, long from, long to, Call call)
      throws StorageException {
    for (long at = from; at < to; at += writer.chunkSize()) {
      int length = (int) Math.min(writer.chunkSize(), to - at);
      writer.write(at, Chunk.wrap(ByteBuffer.allocate(length)), call);
    }
  }

  static StorageDriver stagedByPath(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        String id = "%032x".formatted(path.hashCode() & 0xFFFFFFFFL);
        return inner.openWrite(path, Requests.withId(request, id));
      }
    };
  }

  static StorageDriver commitsTwice(StorageDriver sound) {
    Map<String, StoragePath> committed = new ConcurrentHashMap<>();
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        committed.put(request.writeId(), path);
        return inner.openWrite(path, request);
      }

      @Override
      public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
        StorageWriter writer = inner.resumeWrite(id, call);
        boolean again = committed.containsKey(id.value());
        return new PassingWriter(writer) {
          @Override
          public FileMetadata commit(CommitRequest commit) throws StorageException {
            FileMetadata saved = super.commit(commit);
            if (again) {
              WriteRequest request =
                  new WriteRequest(
                      newId(),
                      OptionalLong.empty(),
                      WriteCondition.none(),
                      Durability.NONE,
                      Optional.empty(),
                      Map.of(),
                      Set.of(),
                      Optional.empty(),
                      commit.call());
              publish(sound, path(), request, Chunk.wrap(ByteBuffer.wrap(new byte[] {1})));
            }
            return saved;
          }
        };
      }
    };
  }

  static StorageDriver attributesLost(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        return inner.openWrite(path, Requests.withAttributes(request, Map.of()));
      }
    };
  }

  static StorageDriver attributesStick(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        if (request.attributes().isEmpty()
            && Requests.tag(inner, path, request.call()).isPresent()) {
          Map<String, String> old = inner.stat(path, request.call()).attributes();
          return inner.openWrite(path, Requests.withAttributes(request, old));
        }
        return inner.openWrite(path, request);
      }
    };
  }
}
