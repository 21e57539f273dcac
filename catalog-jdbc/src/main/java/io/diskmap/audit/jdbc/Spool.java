package io.diskmap.audit.jdbc;

import io.diskmap.jdbc.internal.Database;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of journals: this process holds the lock of its own one, and takes over those whose
 * lock nobody holds. For one thread at a time.
 */
final class Spool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
  private static final String LOCK = ".lock";
  private static final int BATCH = 2000;

  private final Path directory;
  private final String own;
  private final FileChannel lock;

  /** Takes the lock of this writer's journal. */
  Spool(Path directory, WriterRow writer) throws IOException {
    this.directory = directory;
    this.own = writer.name();
    Path file = directory.resolve(own + LOCK);
    this.lock = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    String about = writer.startedAt() + "\n" + writer.role() + "\n" + writer.label() + "\n";
    lock.write(StandardCharsets.UTF_8.encode(about));
    if (lock.tryLock() == null) {
      throw new IOException("The lock of a new journal is taken already.");
    }
  }

  /** Brings the journals of processes that died into the database and removes them. */
  void replayOrphans(Database database) throws IOException, SQLException {
    List<Path> locks = new ArrayList<>();
    try (var files = Files.newDirectoryStream(directory, "*" + LOCK)) {
      files.forEach(locks::add);
    }
    for (Path file : locks) {
      String name = file.getFileName().toString().replace(LOCK, "");
      if (!name.equals(own)) {
        replayIfOrphan(database, file, name);
      }
    }
  }

  private void replayIfOrphan(Database database, Path file, String name)
      throws IOException, SQLException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock taken = tryLock(channel)) {
      if (taken != null) {
        replay(database, file, name);
        Journal.delete(directory, name);
        Files.deleteIfExists(file);
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void replay(Database database, Path file, String name) throws IOException, SQLException {
    List<ChainEntry> entries = Journal.recover(directory, name);
    if (entries.isEmpty()) {
      return;
    }
    long writer = ChainEntry.writer(name);
    WriterRow row = row(database, writer, Files.readAllLines(file));
    List<ChainEntry> missing = linked(entries, row);
    try (TableLog log = new TableLog(database, row.openFrom())) {
      for (int from = 0; from < missing.size(); from += BATCH) {
        log.append(missing.subList(from, Math.min(missing.size(), from + BATCH)), true);
      }
    }
    Shipper.sync(database);
    LOG.info("{} audit records of a process that ended were brought in", missing.size());
  }

  private static WriterRow row(Database database, long writer, List<String> about)
      throws SQLException, IOException {
    Optional<WriterRow> known = database.call(connection -> Tables.writer(connection, writer));
    if (known.isPresent()) {
      return known.get();
    }
    if (about.size() < 3) {
      throw new IOException(
          "The journal " + ChainEntry.name(writer) + " of audit records says not whose it is.");
    }
    WriterRow row =
        WriterRow.beginning(writer, about.get(2), about.get(1), Long.parseLong(about.get(0)));
    database.change(
        connection -> {
          Tables.addWriter(connection, row);
          return connection;
        });
    return row;
  }

  /** The links after the head in the database that follow each other without a break. */
  private static List<ChainEntry> linked(List<ChainEntry> entries, WriterRow row) {
    List<ChainEntry> linked = new ArrayList<>();
    long next = row.headSequence() + 1;
    byte[] hash = row.headHash();
    for (ChainEntry entry : entries) {
      if (entry.sequence() == next && Arrays.equals(entry.expectedHash(hash), entry.hash())) {
        linked.add(entry);
        hash = entry.hash();
        next++;
      }
    }
    return linked;
  }

  /** Removes the own journal, all of whose links are in the database. */
  void removeOwn() throws IOException {
    Journal.delete(directory, own);
    Files.deleteIfExists(directory.resolve(own + LOCK));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
