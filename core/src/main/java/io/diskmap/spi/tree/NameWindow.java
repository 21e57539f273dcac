package io.diskmap.spi.tree;

import io.diskmap.VersionTag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The smallest names of a directory above a bound, packed and sorted by their UTF-8 bytes.
 *
 * <p>For one thread. Filling takes names in any order; when more come than the window holds, the
 * larger half is dropped and {@link #isCut} tells that another pass is needed for the rest. A
 * packed entry is a two-byte length, the name, a kind byte, and for a file its size, time and
 * version tag.
 */
final class NameWindow {
  private static final int FILE_BYTES = 8 + 8 + 4 + 1 + 2;

  private final int maxNames;
  private final int maxBytes;
  private byte[] arena = new byte[4096];
  private int[] starts = new int[128];
  private int used;
  private int count;
  private int position;
  private byte @Nullable [] ceiling;

  /** A window of at most this many names and about this many bytes. */
  NameWindow(int maxNames, int maxBytes) {
    this.maxNames = maxNames;
    this.maxBytes = maxBytes;
  }

  /** Adds a name; the entry is null where the store did not tell the kind. */
  void add(byte[] name, @Nullable TreeEntry entry) {
    if (ceiling != null && Arrays.compareUnsigned(name, ceiling) >= 0) {
      return;
    }
    if (count >= 2 * maxNames || used >= 2 * maxBytes) {
      cut();
      if (Arrays.compareUnsigned(name, ceiling) >= 0) {
        return;
      }
    }
    append(name, entry);
  }

  /** Ends the filling: sorts, drops doubles, and keeps no more than the bound. */
  void seal() {
    if (count > maxNames || used > maxBytes) {
      cut();
    }
    sort();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (kept == 0 || compare(starts[kept - 1], starts[i]) != 0) {
        starts[kept++] = starts[i];
      }
    }
    count = kept;
    position = 0;
  }

  /** Whether names above the last one were dropped. */
  boolean isCut() {
    return ceiling != null;
  }

  boolean hasNext() {
    return position < count;
  }

  /** The smallest name that was not yet consumed. */
  byte[] peekName() {
    return nameAt(starts[position]);
  }

  /** The entry of {@link #peekName}; null where the store did not tell the kind. */
  @Nullable TreeEntry peekEntry() {
    int start = starts[position];
    int at = start + 2 + lengthAt(start);
    EntryKind kind = EntryKind.values()[arena[at]];
    return switch (kind) {
      case UNKNOWN -> null;
      case DIRECTORY -> TreeEntry.directory();
      case OTHER -> TreeEntry.other();
      case FILE -> {
        ByteBuffer in = ByteBuffer.wrap(arena, at + 1, used - at - 1);
        long size = in.getLong();
        Instant modified = Instant.ofEpochSecond(in.getLong(), in.getInt());
        boolean strong = in.get() != 0;
        byte[] tag = new byte[in.getShort()];
        in.get(tag);
        String text = new String(tag, StandardCharsets.US_ASCII);
        yield TreeEntry.file(size, modified, new VersionTag(text, strong));
      }
    };
  }

  /** The next names, at most this many, up to the first whose kind the store did tell. */
  List<String> peekUntold(int max) {
    List<String> names = new ArrayList<>();
    for (int i = position; i < count && names.size() < max; i++) {
      int length = lengthAt(starts[i]);
      if (arena[starts[i] + 2 + length] != EntryKind.UNKNOWN.ordinal()) {
        break;
      }
      names.add(new String(arena, starts[i] + 2, length, StandardCharsets.UTF_8));
    }
    return names;
  }

  void consume() {
    position++;
  }

  /** How much memory it holds, roughly. */
  int bytes() {
    return arena.length + 4 * starts.length;
  }

  private void append(byte[] name, @Nullable TreeEntry entry) {
    TreeEntry file = entry != null && entry.kind() == EntryKind.FILE ? entry : null;
    VersionTag tag = file == null ? null : file.tag();
    byte[] tagBytes = tag == null ? new byte[0] : tag.value().getBytes(StandardCharsets.US_ASCII);
    int length = 2 + name.length + 1 + (file != null ? FILE_BYTES + tagBytes.length : 0);
    if (used + length > arena.length) {
      arena = Arrays.copyOf(arena, Math.max(used + length, arena.length * 2));
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
    }
    ByteBuffer out = ByteBuffer.wrap(arena, used, length);
    out.putShort((short) name.length).put(name);
    out.put((byte) (entry == null ? EntryKind.UNKNOWN : entry.kind()).ordinal());
    Instant modified = file == null ? null : file.modified();
    if (file != null && tag != null && modified != null) {
      out.putLong(file.size()).putLong(modified.getEpochSecond()).putInt(modified.getNano());
      out.put((byte) (tag.strong() ? 1 : 0)).putShort((short) tagBytes.length).put(tagBytes);
    }
    starts[count++] = used;
    used += length;
  }

  /** Keeps the smaller half of the names, within both bounds. */
  private void cut() {
    sort();
    int keep = 0;
    int kept = 0;
    while (keep < Math.min(count, maxNames) && (kept < maxBytes || keep == 0)) {
      kept += entryLength(starts[keep++]);
    }
    if (keep == count) {
      return;
    }
    ceiling = nameAt(starts[keep]);
    byte[] packed = new byte[kept + 4096];
    int at = 0;
    for (int i = 0; i < keep; i++) {
      int length = entryLength(starts[i]);
      System.arraycopy(arena, starts[i], packed, at, length);
      starts[i] = at;
      at += length;
    }
    arena = packed;
    used = at;
    count = keep;
  }

  private int entryLength(int start) {
    int name = lengthAt(start);
    int at = start + 2 + name;
    if (arena[at] != EntryKind.FILE.ordinal()) {
      return 2 + name + 1;
    }
    int tagAt = at + 1 + FILE_BYTES - 2;
    int tag = (arena[tagAt] & 0xFF) << 8 | arena[tagAt + 1] & 0xFF;
    return 2 + name + 1 + FILE_BYTES + tag;
  }

  private int lengthAt(int start) {
    return (arena[start] & 0xFF) << 8 | arena[start + 1] & 0xFF;
  }

  private byte[] nameAt(int start) {
    return Arrays.copyOfRange(arena, start + 2, start + 2 + lengthAt(start));
  }

  private int compare(int left, int right) {
    return Arrays.compareUnsigned(
        arena, left + 2, left + 2 + lengthAt(left), arena, right + 2, right + 2 + lengthAt(right));
  }

  /** Merge sort of the starts, bottom up. */
  private void sort() {
    int[] from = starts;
    int[] to = new int[starts.length];
    for (int width = 1; width < count; width *= 2) {
      for (int low = 0; low < count; low += 2 * width) {
        merge(from, to, low, Math.min(low + width, count), Math.min(low + 2 * width, count));
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    starts = from;
  }

  private void merge(int[] from, int[] to, int low, int middle, int high) {
    int left = low;
    int right = middle;
    for (int i = low; i < high; i++) {
      boolean takeLeft = left < middle && (right >= high || compare(from[left], from[right]) <= 0);
      to[i] = takeLeft ? from[left++] : from[right++];
    }
  }
}
