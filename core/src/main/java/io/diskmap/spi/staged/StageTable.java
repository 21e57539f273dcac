package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.record.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where this process stages files, kept on the server so that a sweep finds what a kill leaves
 * behind without walking the tree: {@code saves/<random>}.
 *
 * <p>Thread-safe. The file has slots of {@value #SLOT} bytes that are only added; the first stays
 * empty. A directory takes one slot before the first hidden file is made in it, and covers all
 * later ones, so most saves write no slot. A file that is captured under a hidden name takes one of
 * its own that tells where it belongs. A new table is begun after {@link #LIFE} or {@value #MOST}
 * slots.
 */
final class StageTable {
  static final String DIRECTORY = "saves";
  static final int SLOT = 2048;
  static final Duration LIFE = Duration.ofHours(12);
  private static final int MOST = 8192;

  /** What a slot tells of. */
  enum Kind {
    /** A save that was not published yet, by its id. */
    STAGED,
    /** A published file, captured for a delete on condition. */
    CAPTURED,
    /** A directory in which hidden files may stand. */
    DIRECTORY
  }

  /** A slot: the id is empty for a directory, the path of which is the other part. */
  record Entry(Kind kind, String id, String path) {}

  private final StateFiles state;
  private final String name;
  private final ReopeningFile file;
  private final long bornNanos = System.nanoTime();
  private final AtomicInteger next = new AtomicInteger(1);
  private final AtomicInteger active = new AtomicInteger(1);
  private final Map<String, CompletableFuture<@Nullable Void>> covered = new ConcurrentHashMap<>();
  private volatile boolean leftBehind;

  private StageTable(StateFiles state, String name, ReopeningFile file) {
    this.state = state;
    this.name = name;
    this.file = file;
  }

  /** Begins an empty table. */
  static StageTable begin(StateFiles state, Call call) throws StorageException {
    String name = RemotePaths.randomId();
    String path = state.path(DIRECTORY + "/" + name);
    RemoteFile made = Repeat.run(call, () -> state.create(path, call));
    return new StageTable(state, name, new ReopeningFile(state.store(), path, made));
  }

  String name() {
    return name;
  }

  /** Whether a new table is due. */
  boolean isWornOut() {
    return next.get() >= MOST || System.nanoTime() - bornNanos > LIFE.toNanos();
  }

  /** Counts one more user; false once the table has ended. */
  boolean enter() {
    return active.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  /** Makes sure that a sweep would look into a directory. */
  void cover(String directory, Call call) throws StorageException {
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> other = covered.putIfAbsent(directory, mine);
    if (other != null) {
      await(other);
      return;
    }
    try {
      append(new Entry(Kind.DIRECTORY, "", directory), call);
      mine.complete(null);
    } catch (StorageException | RuntimeException e) {
      covered.remove(directory, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private static void await(CompletableFuture<@Nullable Void> other) throws StorageException {
    try {
      other.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException failure) {
        throw failure.toBuilder().build();
      }
      throw e;
    }
  }

  /** Keeps where a file belongs that is about to be captured. */
  void capturing(String id, StoragePath path, Call call) throws StorageException {
    append(new Entry(Kind.CAPTURED, id, path.value()), call);
  }

  private void append(Entry entry, Call call) throws StorageException {
    byte[] block =
        Packing.pack(
            out -> {
              out.writeByte(entry.kind().ordinal());
              out.writeUTF(entry.id());
              out.writeUTF(entry.path());
            });
    long position = (long) next.getAndIncrement() * SLOT;
    file.run(
        call,
        f -> {
          f.write(position, ByteBuffer.wrap(block), call);
          return entry;
        });
  }

  /** What the server tells of the table, which dates it now. */
  RemoteStat touch(Call call) throws StorageException {
    return file.run(
        call,
        f -> {
          f.write(0, ByteBuffer.allocate(Packing.HEAD), call);
          return f.stat(call);
        });
  }

  /** Ends one use; a hidden file that could not be removed keeps the table for the sweep. */
  void leave(boolean clean, Call call) {
    leftBehind |= !clean;
    if (active.decrementAndGet() > 0) {
      return;
    }
    file.close();
    if (!leftBehind) {
      Quietly.run(() -> state.store().remove(state.path(DIRECTORY + "/" + name), call));
    }
  }

  /** The slots of a table. */
  static List<Entry> read(StateFiles state, String name, Call call) throws StorageException {
    String path = state.path(DIRECTORY + "/" + name);
    long size = state.store().look(path, call).map(RemoteStat::size).orElse(0L);
    int limit = (int) Math.min(size, (MOST + 1L) * SLOT);
    Optional<byte[]> bytes = state.store().readSmall(path, limit, call);
    if (limit == 0 || bytes.isEmpty()) {
      return List.of();
    }
    List<Entry> found = new ArrayList<>();
    for (int at = 0; at < bytes.get().length; at += SLOT) {
      byte[] slot = Arrays.copyOfRange(bytes.get(), at, Math.min(at + SLOT, bytes.get().length));
      try {
        Packing.unpack(
                slot, 0, in -> new Entry(Kind.values()[in.readByte()], in.readUTF(), in.readUTF()))
            .ifPresent(found::add);
      } catch (IOException e) {
        throw Quietly.damaged(e);
      }
    }
    return found;
  }
}
