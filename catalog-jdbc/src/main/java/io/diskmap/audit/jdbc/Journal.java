package io.diskmap.audit.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A bounded file log of one chain on this machine: segments of a few MiB in which each link stands
 * behind its length and its CRC-32C. One thread appends while another one reads and removes.
 *
 * <p>A segment ends where no whole link follows; what a cut-off write left there counts as nothing.
 * Space is taken in steps of zeros, so that an append changes no metadata of the file and costs one
 * short forced write.
 */
final class Journal implements AutoCloseable {
  static final long SEGMENT = 8L << 20;

  private static final int STEP = 1 << 20;
  private static final int HEAD = 8;
  private static final int LARGEST = 16 << 20;

  private final Path directory;
  private final String name;
  private final long limit;
  private final AtomicLong oldest = new AtomicLong(1);
  private final AtomicReference<Place> end = new AtomicReference<>(new Place(1, 0));
  private @Nullable FileChannel channel;
  private long allocated;

  /** A place between two links: number of the segment and offset in it. Immutable. */
  record Place(long segment, long offset) {}

  /** Links and the place after them. Immutable. */
  record Batch(List<ChainEntry> entries, Place next) {}

  /** An empty journal under this name. */
  Journal(Path directory, String name, long limit) {
    this.directory = directory;
    this.name = name;
    this.limit = limit;
  }

  /** Adds links; after a failure the next call writes over what this one may have left. */
  void append(List<ChainEntry> entries, boolean force) throws IOException {
    ByteBuffer block = block(entries);
    Place at = Objects.requireNonNull(end.get());
    if (at.offset() > 0 && at.offset() + block.remaining() > SEGMENT) {
      at = new Place(at.segment() + 1, 0);
      closeChannel();
    }
    if ((at.segment() - oldest.get() + 1) * SEGMENT > limit) {
      throw new IOException("The journal of audit records is full; mend the audit store.");
    }
    FileChannel to = channel(at.segment());
    long needed = at.offset() + block.remaining();
    if (needed > allocated) {
      extend(to, needed);
    }
    long position = at.offset();
    while (block.hasRemaining()) {
      position += to.write(block, position);
    }
    if (force) {
      to.force(false);
    }
    end.set(new Place(at.segment(), position - HEAD));
  }

  /** The links and a length of zero after them, which the next links overwrite. */
  private static ByteBuffer block(List<ChainEntry> entries) {
    List<byte[]> parts = new ArrayList<>(entries.size());
    int size = 0;
    for (ChainEntry entry : entries) {
      byte[] bytes = entry.bytes();
      parts.add(bytes);
      size += bytes.length + HEAD;
    }
    ByteBuffer block = ByteBuffer.allocate(size + HEAD);
    for (byte[] bytes : parts) {
      block.putInt(bytes.length).putInt(sum(bytes)).put(bytes);
    }
    return block.rewind();
  }

  private FileChannel channel(long segment) throws IOException {
    FileChannel current = channel;
    if (current == null) {
      current =
          FileChannel.open(
              file(segment),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      channel = current;
      allocated = current.size();
    }
    return current;
  }

  /** Takes space that reads as zeros, at least up to the needed size. */
  private void extend(FileChannel to, long needed) throws IOException {
    long size = (needed + STEP - 1) / STEP * STEP;
    ByteBuffer zeros = ByteBuffer.allocate(STEP);
    for (long at = allocated; at < size; at += zeros.position()) {
      zeros.clear().limit((int) Math.min(STEP, size - at));
      while (zeros.hasRemaining()) {
        to.write(zeros, at + zeros.position());
      }
    }
    to.force(true);
    allocated = size;
  }

  /** The place after the last link. */
  Place end() {
    Place place = end.get();
    return place == null ? new Place(1, 0) : place;
  }

  /** The place before the first link. */
  static Place start() {
    return new Place(1, 0);
  }

  /** Links from a place on, at most so many; none where that place is the end. */
  Batch read(Place from, int most) throws IOException {
    Place until = end();
    List<ChainEntry> entries = new ArrayList<>();
    Place at = from;
    while (entries.size() < most && !at.equals(until)) {
      boolean last = at.segment() == until.segment();
      long stop = last ? until.offset() : Long.MAX_VALUE;
      at = readSegment(file(at.segment()), at, stop, most, entries);
      if (!last && entries.size() < most) {
        at = new Place(at.segment() + 1, 0);
      }
    }
    return new Batch(entries, at);
  }

  /** Every whole link of the segments that a process left, in their order. */
  static List<ChainEntry> recover(Path directory, String name) throws IOException {
    List<ChainEntry> entries = new ArrayList<>();
    long segment = firstSegment(directory, name);
    while (Files.exists(file(directory, name, segment))) {
      readSegment(
          file(directory, name, segment),
          new Place(segment, 0),
          Long.MAX_VALUE,
          Integer.MAX_VALUE,
          entries);
      segment++;
    }
    return entries;
  }

  private static Place readSegment(
      Path file, Place from, long stop, int most, List<ChainEntry> into) throws IOException {
    ByteBuffer all;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = Math.min(stop, in.size()) - from.offset();
      all = ByteBuffer.allocate((int) Math.max(0, Math.min(size, SEGMENT + LARGEST)));
      while (all.hasRemaining() && in.read(all, from.offset() + all.position()) >= 0) {}
      all.flip();
    }
    int position = 0;
    while (into.size() < most && all.remaining() - position >= HEAD) {
      int length = all.getInt(position);
      if (length <= 0 || length > all.remaining() - position - HEAD) {
        break;
      }
      byte[] bytes = new byte[length];
      all.get(position + HEAD, bytes);
      if (sum(bytes) != all.getInt(position + 4)) {
        break;
      }
      into.add(ChainEntry.of(bytes));
      position += HEAD + length;
    }
    return new Place(from.segment(), from.offset() + position);
  }

  private static int sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }

  /** Removes the segments before this place; their links are kept elsewhere. */
  void release(Place before) throws IOException {
    for (long n = oldest.get(); n < before.segment(); n++) {
      Files.deleteIfExists(file(n));
      oldest.set(n + 1);
    }
  }

  /** Removes every segment of a journal. */
  static void delete(Path directory, String name) throws IOException {
    for (long n = firstSegment(directory, name); n < Long.MAX_VALUE; n++) {
      if (!Files.deleteIfExists(file(directory, name, n))) {
        return;
      }
    }
  }

  private static long firstSegment(Path directory, String name) throws IOException {
    long first = Long.MAX_VALUE;
    try (var files = Files.newDirectoryStream(directory, name + "-*.journal")) {
      for (Path file : files) {
        String text = file.getFileName().toString();
        String number = text.substring(name.length() + 1, text.length() - ".journal".length());
        first = Math.min(first, Long.parseLong(number));
      }
    }
    return first == Long.MAX_VALUE ? 1 : first;
  }

  private Path file(long segment) {
    return file(directory, name, segment);
  }

  private static Path file(Path directory, String name, long segment) {
    return directory.resolve(name + "-" + segment + ".journal");
  }

  private void closeChannel() throws IOException {
    FileChannel current = channel;
    channel = null;
    if (current != null) {
      current.force(false);
      current.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeChannel();
  }
}
