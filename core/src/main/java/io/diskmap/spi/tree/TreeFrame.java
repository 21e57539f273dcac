package io.diskmap.spi.tree;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.SkippedNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * One directory on the way of a {@link TreeCursor}: which names were consumed, which come next.
 *
 * <p>For one thread. Names are consumed in their plain byte order. One that turns out to be a
 * directory waits until the names that sort before it with its slash are through: these all begin
 * with its name followed by a byte below the slash, so few wait at a time.
 */
final class TreeFrame {
  static final int FIRST_LOOKS = 8;
  private static final int MOST_LOOKS = 512;

  final DirectoryLister directory;

  /** The path of the directory with a slash at its end; empty for the root. */
  final String path;

  final @Nullable StartAfter after;
  private final PriorityQueue<byte[]> waiting = new PriorityQueue<>(TreeFrame::compareSlashed);
  private final Deque<Optional<TreeEntry>> looked = new ArrayDeque<>();
  private int lookAhead;
  private @Nullable NameWindow window;
  private byte @Nullable [] consumed;
  private boolean ended;
  private boolean scanned;
  private final SkippedNames skipped;

  /** A directory whose first looks are at so many names at once; each further ones at more. */
  TreeFrame(
      DirectoryLister directory,
      String path,
      @Nullable StartAfter after,
      int lookAhead,
      SkippedNames skipped) {
    this.directory = directory;
    this.path = path;
    this.after = after;
    this.lookAhead = lookAhead;
    this.skipped = skipped;
  }

  /** How many names the next looks are at. */
  int lookAhead() {
    return lookAhead;
  }

  /** Makes the next plain name available; false once there is none. */
  boolean fill(int maxNames, int maxBytes, Call call) throws StorageException {
    while (window == null || !window.hasNext()) {
      if (ended) {
        return false;
      }
      Filling filling = new Filling(maxNames, maxBytes);
      directory.scan(filling, call);
      filling.end();
      scanned = true;
      NameWindow next = filling.target;
      window = next;
      ended = !next.isCut();
    }
    return true;
  }

  /** Whether a waiting directory comes before the next plain name; after {@link #fill} only. */
  boolean waitingIsNext() {
    byte[] first = waiting.peek();
    if (first == null) {
      return false;
    }
    if (window == null || !window.hasNext()) {
      return true;
    }
    byte[] plain = window.peekName();
    int common = Math.min(first.length, plain.length);
    int c = Arrays.compareUnsigned(first, 0, common, plain, 0, common);
    if (c != 0 || plain.length <= first.length) {
      return c < 0;
    }
    return '/' < (plain[first.length] & 0xFF);
  }

  byte[] takeWaiting() {
    return waiting.remove();
  }

  void await(byte[] directoryName) {
    waiting.add(directoryName);
  }

  byte[] peekName() {
    return requireWindow().peekName();
  }

  /** Consumes the next plain name; what it stands for, empty where it is gone. */
  Optional<TreeEntry> consume(int most, Call call) throws StorageException {
    NameWindow from = requireWindow();
    TreeEntry told = from.peekEntry();
    if (told == null && looked.isEmpty()) {
      looked.addAll(directory.lookAll(from.peekUntold(Math.min(lookAhead, most)), call));
      lookAhead = Math.min(2 * lookAhead, MOST_LOOKS);
    }
    consumed = from.peekName();
    from.consume();
    return told == null ? looked.remove() : Optional.of(told);
  }

  int windowBytes() {
    return window == null ? 0 : window.bytes();
  }

  /** Gives up the names that are left; another pass brings them back when they are needed. */
  void dropWindow() {
    if (window != null && (window.hasNext() || !ended)) {
      ended = false;
    }
    looked.clear();
    window = null;
  }

  private NameWindow requireWindow() {
    if (window == null) {
      throw new IllegalStateException("the window is not filled");
    }
    return window;
  }

  private static int compareSlashed(byte[] left, byte[] right) {
    int common = Math.min(left.length, right.length);
    int c = Arrays.compareUnsigned(left, 0, common, right, 0, common);
    if (c != 0 || left.length == right.length) {
      return c;
    }
    int l = left.length > common ? left[common] & 0xFF : '/';
    int r = right.length > common ? right[common] & 0xFF : '/';
    return Integer.compare(l, r);
  }

  /** Takes a scan: keeps the valid names above what was consumed. */
  private final class Filling implements EntrySink {
    private final int maxNames;
    private final int maxBytes;
    private NameWindow target;
    private SkippedNames passedOver = new SkippedNames();

    Filling(int maxNames, int maxBytes) {
      this.maxNames = maxNames;
      this.maxBytes = maxBytes;
      this.target = new NameWindow(maxNames, maxBytes);
    }

    @Override
    public void startOver() {
      target = new NameWindow(maxNames, maxBytes);
      passedOver = new SkippedNames();
    }

    void end() {
      target.seal();
      skipped.addAll(passedOver);
    }

    @Override
    public boolean name(String name) {
      return take(name, null);
    }

    @Override
    public boolean entry(String name, TreeEntry entry) {
      return take(name, entry);
    }

    @Override
    public boolean foreign(String shown) {
      if (!scanned) {
        passedOver.add(path + shown);
      }
      return true;
    }

    private boolean take(String name, @Nullable TreeEntry entry) {
      if (name.startsWith(StoragePath.RESERVED_PREFIX)) {
        return true;
      }
      if (!isSegment(name)) {
        return foreign(name);
      }
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      boolean next = consumed == null || Arrays.compareUnsigned(bytes, consumed) > 0;
      if (next && (after == null || after.admits(bytes))) {
        target.add(bytes, entry);
      }
      return true;
    }
  }

  /** Whether a listing may show the name: one valid segment that is not reserved. */
  static boolean isSegment(String name) {
    try {
      return !StoragePath.of(name).isRoot();
    } catch (StorageException invalid) {
      return false;
    }
  }
}
