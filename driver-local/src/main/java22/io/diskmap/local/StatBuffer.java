package io.diskmap.local;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The answer of the system to a look at a name, {@code struct statx}. For the thread that made the
 * memory.
 *
 * @param memory at least {@value #BYTES} bytes
 */
record StatBuffer(MemorySegment memory) {
  static final long BYTES = 256;
  private static final int KIND = 0170000;

  /** The permission bits from the lowest up. */
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ
  };

  Attrs attrs() {
    int mode = Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT, 28));
    return new Attrs(
        kind(mode),
        memory.get(ValueLayout.JAVA_LONG, 40),
        new FileKey(device(), memory.get(ValueLayout.JAVA_LONG, 32)),
        time(112),
        permissions(mode));
  }

  Instant changed() {
    return time(96);
  }

  private static Attrs.Kind kind(int mode) {
    return switch (mode & KIND) {
      case 0100000 -> Attrs.Kind.FILE;
      case 0040000 -> Attrs.Kind.DIRECTORY;
      case 0120000 -> Attrs.Kind.LINK;
      default -> Attrs.Kind.OTHER;
    };
  }

  private long device() {
    long major = memory.get(ValueLayout.JAVA_INT, 136);
    return major << Integer.SIZE | Integer.toUnsignedLong(memory.get(ValueLayout.JAVA_INT, 140));
  }

  private Instant time(long at) {
    return Instant.ofEpochSecond(
        memory.get(ValueLayout.JAVA_LONG, at), memory.get(ValueLayout.JAVA_INT, at + Long.BYTES));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < BITS.length; bit++) {
      if ((mode >> bit & 1) == 1) {
        all.add(BITS[bit]);
      }
    }
    return Collections.unmodifiableSet(all);
  }

  /** The bits of permissions. */
  static int mode(Set<PosixFilePermission> permissions) {
    int mode = 0;
    for (int bit = 0; bit < BITS.length; bit++) {
      mode |= permissions.contains(BITS[bit]) ? 1 << bit : 0;
    }
    return mode;
  }
}
