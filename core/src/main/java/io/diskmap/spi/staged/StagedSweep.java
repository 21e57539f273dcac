package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.staged.StageTable.Entry;
import io.diskmap.spi.staged.StageTable.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds what unfinished saves have left, by records and tables, without walking the tree.
 *
 * <p>Thread-safe. On the way it puts captured files back and removes records, tables and sidecars
 * that nobody needs any longer.
 */
final class StagedSweep {
  private static final Duration TABLE_KEPT = StageTable.LIFE.multipliedBy(4);
  private static final Duration CAPTURE_TIME = Duration.ofMinutes(10);

  private final StagedDisk disk;

  StagedSweep(StagedDisk disk) {
    this.disk = disk;
  }

  /** The saves that had no chunk for this long. */
  List<PendingUpload> pending(Duration idleFor, Call call) throws StorageException {
    List<PendingUpload> found = new ArrayList<>();
    TreeMap<String, Instant> records = disk.records.all(call);
    for (Map.Entry<String, Instant> each : records.entrySet()) {
      if (disk.clock.isOlder(each.getValue(), idleFor)) {
        pending(each.getKey(), each.getValue(), call).ifPresent(found::add);
      }
      call.progressed();
    }
    for (Leftover left : leftBehind(idleFor, call)) {
      if (!records.containsKey(left.id())) {
        found.add(new PendingUpload(new UploadId(left.id()), left.path(), left.modified()));
      }
    }
    if (!disk.options.readOnly()) {
      disk.sidecars.sweep(idleFor, () -> captured(call), call);
    }
    return found;
  }

  private Optional<PendingUpload> pending(String id, Instant written, Call call)
      throws StorageException {
    Optional<UploadRecord> opened = disk.records.open(new UploadId(id), call);
    if (opened.isEmpty()) {
      disk.records.remove(id, call);
      return Optional.empty();
    }
    try (UploadRecord record = opened.get()) {
      boolean ended = record.ending(call).filter(UploadRecord.Ending::decided).isPresent();
      if (!ended) {
        return Optional.of(new PendingUpload(new UploadId(id), record.path(), written));
      }
      if (disk.clock.isOlder(written, UploadRecords.KEPT)) {
        disk.records.remove(id, call);
      }
      return Optional.empty();
    }
  }

  /** A hidden file that has no record: a small save that was killed. */
  private record Leftover(String id, StoragePath path, Instant modified) {}

  private TreeMap<String, Instant> tables(Call call) throws StorageException {
    TreeMap<String, Instant> tables = new TreeMap<>();
    disk.state
        .store()
        .list(
            disk.state.path(StageTable.DIRECTORY),
            (name, stat) -> {
              if (RemotePaths.isId(name)) {
                tables.put(name, stat.modified());
              }
            },
            call);
    return tables;
  }

  /** The paths of the files that are captured now. */
  private Set<String> captured(Call call) throws StorageException {
    Set<String> paths = new HashSet<>();
    for (Entry entry : captures(call)) {
      if (captured(entry).isThere(call)) {
        paths.add(entry.path());
      }
      call.progressed();
    }
    return paths;
  }

  /** What the tables tell of captures, of those too that have ended. */
  private List<Entry> captures(Call call) throws StorageException {
    List<Entry> found = new ArrayList<>();
    for (String table : tables(call).keySet()) {
      StageTable.read(disk.state, table, call).stream()
          .filter(entry -> entry.kind() == Kind.CAPTURED)
          .forEach(found::add);
      call.progressed();
    }
    return found;
  }

  /**
   * What small saves have left. A file that is captured is none of that: its slot is written before
   * it gets its hidden name, so the tables are read again once the names are known.
   */
  private List<Leftover> leftBehind(Duration idleFor, Call call) throws StorageException {
    TreeMap<String, Instant> tables = tables(call);
    List<Leftover> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, Instant> table : tables.entrySet()) {
      int before = found.size();
      boolean captures = false;
      for (Entry entry : StageTable.read(disk.state, table.getKey(), call)) {
        if (entry.kind() == Kind.CAPTURED) {
          captures |= !putBack(entry, table.getValue(), call);
        } else if (seen.add(entry.path())) {
          look(entry.path(), idleFor, found, call);
        }
        call.progressed();
      }
      boolean own = table.getKey().equals(disk.tableName());
      boolean empty = found.size() == before && !captures;
      if (empty && !own && disk.clock.isOlder(table.getValue(), TABLE_KEPT)) {
        disk.state
            .store()
            .remove(disk.state.path(StageTable.DIRECTORY + "/" + table.getKey()), call);
      }
    }
    if (!found.isEmpty()) {
      Set<String> captured = captures(call).stream().map(Entry::id).collect(Collectors.toSet());
      found.removeIf(left -> captured.contains(left.id()));
    }
    return found;
  }

  private void look(String directory, Duration idleFor, List<Leftover> found, Call call)
      throws StorageException {
    Set<String> seen = new HashSet<>();
    disk.store.list(
        directory,
        (name, stat) -> {
          Optional<String> id = RemotePaths.idOf(name).filter(seen::add);
          if (id.isPresent() && disk.clock.isOlder(stat.modified(), idleFor)) {
            StoragePath shown = StoragePath.of(RemotePaths.in(directory, id.get()));
            found.add(new Leftover(id.get(), shown, stat.modified()));
          }
        },
        call);
  }

  /** Puts a captured file back whose capturer is gone; whether nothing is left to do. */
  private boolean putBack(Entry entry, Instant tableWritten, Call call) throws StorageException {
    Captured captured = captured(entry);
    if (!captured.isThere(call)) {
      return true;
    }
    if (!disk.clock.isOlder(tableWritten, CAPTURE_TIME)) {
      return false;
    }
    captured.putBack(call);
    return true;
  }

  private Captured captured(Entry entry) throws StorageException {
    return new Captured(disk, StoragePath.of(entry.path()), entry.id());
  }

  /** Removes what a save has staged, by its id alone. */
  void abort(UploadId id, Call call) throws StorageException {
    Optional<UploadRecord> opened = disk.records.open(id, call);
    if (opened.isPresent()) {
      try (UploadRecord record = opened.get()) {
        if (record.ending(call).filter(UploadRecord.Ending::decided).isEmpty()) {
          remove(record.path(), id.value(), call);
          disk.records.remove(id.value(), call);
        }
      }
      return;
    }
    for (Leftover left : leftBehind(Duration.ZERO, call)) {
      if (left.id().equals(id.value())) {
        remove(left.path(), id.value(), call);
      }
    }
  }

  private void remove(StoragePath path, String id, Call call) throws StorageException {
    String staged = RemotePaths.hidden(path, id);
    if (!disk.store.remove(staged, call)) {
      disk.store.removeDirectory(staged, call);
    }
    disk.directories.prune(staged, call);
  }
}
