package io.diskmap.local;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The calls of Linux that act on a name in an open directory. Stateless.
 *
 * <p>Each answers what the system does, or the negated number of its error. A name is given as its
 * bytes. The numbers are those of x86-64 and aarch64, the only machines that {@link
 * NativeDir#isUsable} lets in.
 */
@SuppressWarnings("restricted")
final class SystemCalls {
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EACCES = 13;
  static final int EAGAIN = 11;
  static final int EEXIST = 17;
  static final int EXDEV = 18;
  static final int ENOTDIR = 20;
  static final int ENOTEMPTY = 39;
  static final int ELOOP = 40;

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_EMPTY_PATH = 0x1000;

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  static final long O_RDONLY = 0;
  static final long O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  static final long O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  static final long O_CLOEXEC = 0x80000;
  static final long O_PATH = 0x200000;

  static final long RESOLVE_NO_MAGICLINKS = 0x02;
  static final long RESOLVE_NO_SYMLINKS = 0x04;
  static final long RESOLVE_BENEATH = 0x08;

  private static final long OPENAT2 = 437;
  private static final int OPEN_HOW_BYTES = 24;
  private static final int STATX_BASIC = 0x7ff;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout TEXT = ValueLayout.ADDRESS;

  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          symbol("syscall"),
          FunctionDescriptor.of(LONG, LONG, INT, TEXT, TEXT, LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle CLOSE = handle("close", INT);
  private static final MethodHandle FSYNC = handle("fsync", INT);
  private static final MethodHandle MKDIRAT = handle("mkdirat", INT, TEXT, INT);
  private static final MethodHandle LINKAT = handle("linkat", INT, TEXT, INT, TEXT, INT);
  private static final MethodHandle RENAMEAT = handle("renameat", INT, TEXT, INT, TEXT);
  private static final MethodHandle UNLINKAT = handle("unlinkat", INT, TEXT, INT);
  private static final MethodHandle STATX = handle("statx", INT, TEXT, INT, INT, TEXT);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

  private SystemCalls() {}

  private static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().find(name).orElseThrow(() -> new UnsatisfiedLinkError(name));
  }

  private static MethodHandle handle(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbol(name),
        FunctionDescriptor.of(INT, arguments),
        Linker.Option.captureCallState("errno"));
  }

  /** Opens a path below a directory, resolved as the last argument says. */
  static int open(int directory, byte[] path, long flags, long resolve) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment how = arena.allocate(OPEN_HOW_BYTES, Long.BYTES);
      how.set(LONG, 0, flags);
      how.set(LONG, 2 * Long.BYTES, resolve);
      long size = OPEN_HOW_BYTES;
      return answer(
          (long) OPEN.invokeExact(state, OPENAT2, directory, text(arena, path), how, size), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return answer((int) CLOSE.invokeExact(state, descriptor), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int fsync(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return answer((int) FSYNC.invokeExact(state, descriptor), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int makeDirectory(int directory, byte[] name, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return answer((int) MKDIRAT.invokeExact(state, directory, text(arena, name), mode), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Gives what a name stands for a second name; a link is taken as itself. */
  static int link(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment source = text(arena, from);
      MemorySegment target = text(arena, to);
      return answer(
          (int) LINKAT.invokeExact(state, fromDirectory, source, toDirectory, target, 0), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int rename(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment source = text(arena, from);
      MemorySegment target = text(arena, to);
      return answer(
          (int) RENAMEAT.invokeExact(state, fromDirectory, source, toDirectory, target), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int unlink(int directory, byte[] name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return answer((int) UNLINKAT.invokeExact(state, directory, text(arena, name), flags), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Looks at a name; the answer's structure is filled where it is not negative. */
  static int stat(int directory, byte[] name, int flags, MemorySegment found) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment text = text(arena, name);
      return answer(
          (int) STATX.invokeExact(state, directory, text, flags, STATX_BASIC, found), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** The system's words for an error. */
  static String text(int error) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(error);
      return text.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static MemorySegment text(Arena arena, byte[] bytes) {
    MemorySegment text = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return text;
  }

  private static int answer(long returned, MemorySegment state) {
    return returned < 0 ? -(int) ERRNO.get(state, 0L) : (int) returned;
  }

  /** A handle throws nothing of its own: what comes is out of memory, or a mistake in its use. */
  private static Error broken(Throwable e) {
    return e instanceof Error error ? error : new AssertionError(e);
  }
}
