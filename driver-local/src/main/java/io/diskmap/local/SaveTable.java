package io.diskmap.local;

import io.diskmap.StoragePath;
import io.diskmap.spi.RandomId;
import io.diskmap.spi.record.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The record of what this disk stages in one step: which hidden names exist because of it right
 * now.
 *
 * <p>Thread-safe. The file {@code saves/<process>-<random>} has slots of {@value #SLOT} bytes. A
 * slot is filled before the hidden name is made and cleared after it is gone, both by one write, so
 * it survives a kill at any moment, and the file never has more slots than there were saves at
 * once. The sweep reads the tables of processes that are gone. A table is locked while its process
 * lives, so that an empty one whose process is gone can be told and removed.
 */
final class SaveTable implements AutoCloseable {
  static final String DIRECTORY = "saves";
  static final int SLOT = 2048;
  private static final Duration EMPTY_AGE = Duration.ofHours(1);

  /** Why a hidden name exists. */
  enum Kind {
    /** It is a save that was not published yet. */
    STAGED,
    /** It is a published file, captured for a delete on condition. */
    CAPTURED
  }

  /**
   * A hidden name that exists, or did when its process ended.
   *
   * @param table the name of the table's file
   * @param slot where in it
   * @param kind why the name exists
   * @param id the write id, which the hidden name is made of
   * @param path the file beside which it stands
   */
  record Entry(String table, int slot, Kind kind, String id, String path) {}

  private final StateDir state;
  private final StoreClock clock;
  private final Path name = Path.of(ThisProcess.NAME + "-" + RandomId.uuid());
  private final ReentrantLock lock = new ReentrantLock();
  private final BitSet taken = new BitSet();
  private @Nullable SharedChannel channel;

  SaveTable(StateDir state, StoreClock clock) {
    this.state = state;
    this.clock = clock;
  }

  /** Notes that a hidden name is about to exist; the slot to clear when it is gone. */
  int begin(Kind kind, String id, StoragePath path) throws IOException {
    SharedChannel file = open();
    int slot = takeSlot();
    byte[] block =
        Packing.pack(
            out -> {
              out.writeByte(kind.ordinal());
              out.writeUTF(id);
              out.writeUTF(path.value());
            });
    try {
      file.write(ByteBuffer.wrap(block), (long) slot * SLOT);
    } catch (IOException e) {
      giveSlot(slot);
      throw e;
    }
    if (clock.wantsObservation()) {
      observe(file);
    }
    return slot;
  }

  /** Notes that the hidden name of a slot is gone. */
  void end(int slot) throws IOException {
    open().write(ByteBuffer.allocate(Packing.HEAD), (long) slot * SLOT);
    giveSlot(slot);
  }

  private void observe(SharedChannel file) throws IOException {
    if (!clock.isOwn()) {
      file.force();
    }
    state.in(DIRECTORY, dir -> dir.stat(name).modified()).ifPresent(clock::observe);
  }

  /** The time that the store gives a file which is made now. */
  Instant storeTime() throws IOException {
    Path probe = Path.of("time-" + StagedNames.randomId());
    return state.making(
        DIRECTORY,
        dir -> {
          state.files().createFile(dir, probe, state.files().fileMode()).close();
          Instant made = dir.stat(probe).modified();
          dir.deleteFile(probe);
          return made;
        });
  }

  private int takeSlot() {
    lock.lock();
    try {
      int slot = taken.nextClearBit(0);
      taken.set(slot);
      return slot;
    } finally {
      lock.unlock();
    }
  }

  private void giveSlot(int slot) {
    lock.lock();
    try {
      taken.clear(slot);
    } finally {
      lock.unlock();
    }
  }

  private SharedChannel open() throws IOException {
    lock.lock();
    try {
      if (channel == null) {
        FileChannel made =
            state.making(
                DIRECTORY, dir -> state.files().createFile(dir, name, state.files().fileMode()));
        claim(made);
        channel = new SharedChannel(made, this::reopen);
      }
      return channel;
    } finally {
      lock.unlock();
    }
  }

  private FileChannel reopen() throws IOException {
    FileChannel again =
        state
            .in(DIRECTORY, dir -> dir.openFile(name, Set.of(StandardOpenOption.WRITE)))
            .orElseThrow(() -> new NoSuchFileException(name.toString()));
    claim(again);
    return again;
  }

  /** Holds the file's lock as long as it is open; without locks an empty table stays behind. */
  private static void claim(FileChannel file) throws IOException {
    try {
      file.tryLock();
    } catch (IOException e) {
      if (!LocalErrors.isLacking(e)) {
        throw e;
      }
    }
  }

  /** The hidden names that ended processes have left. Empty tables of theirs are removed. */
  List<Entry> leftBehind() throws IOException {
    return state
        .in(
            DIRECTORY,
            dir -> {
              List<Entry> all = new ArrayList<>();
              try (DirectoryStream<Path> tables = dir.names()) {
                for (Path table : tables) {
                  Path file = table.getFileName();
                  if (isTable(file) && !file.toString().startsWith(ThisProcess.NAME)) {
                    all.addAll(read(dir, file));
                  }
                }
              }
              return all;
            })
        .orElse(List.of());
  }

  private static boolean isTable(Path file) {
    return file.toString().matches("[0-9a-f]{8}-\\d+-\\d+-[0-9a-f-]{36}");
  }

  private List<Entry> read(Dir dir, Path table) throws IOException {
    List<Entry> found = new ArrayList<>();
    try (FileChannel file =
        dir.openFile(table, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
      byte[] slot = new byte[SLOT];
      int count = (int) ((file.size() + SLOT - 1) / SLOT);
      for (int i = 0; i < count; i++) {
        ByteBuffer bytes = ByteBuffer.wrap(slot);
        Arrays.fill(slot, (byte) 0);
        file.read(bytes, (long) i * SLOT);
        entry(slot, table.toString(), i).ifPresent(found::add);
      }
      boolean old = clock.since(dir.stat(table).modified()).compareTo(EMPTY_AGE) > 0;
      if (found.isEmpty() && old && isAbandoned(file)) {
        dir.deleteFile(table);
      }
    } catch (NoSuchFileException removedByAnother) {
      return List.of();
    }
    return found;
  }

  private static Optional<Entry> entry(byte[] slot, String table, int index) throws IOException {
    return Packing.unpack(
        slot,
        0,
        in -> new Entry(table, index, Kind.values()[in.readByte()], in.readUTF(), in.readUTF()));
  }

  private static boolean isAbandoned(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (IOException e) {
      if (LocalErrors.isLacking(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Clears the slot of an ended process, once its hidden name is gone. */
  void settle(Entry entry) throws IOException {
    state.in(
        DIRECTORY,
        dir -> {
          Path table = Path.of(entry.table());
          try (FileChannel file = dir.openFile(table, Set.of(StandardOpenOption.WRITE))) {
            file.write(ByteBuffer.allocate(Packing.HEAD), (long) entry.slot() * SLOT);
            return true;
          } catch (NoSuchFileException removedByAnother) {
            return false;
          }
        });
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      SharedChannel open = channel;
      if (open == null) {
        return;
      }
      channel = null;
      boolean empty = taken.isEmpty();
      if (empty) {
        state.in(
            DIRECTORY,
            dir -> {
              dir.deleteFile(name);
              return true;
            });
      }
      open.close();
    } finally {
      lock.unlock();
    }
  }
}
