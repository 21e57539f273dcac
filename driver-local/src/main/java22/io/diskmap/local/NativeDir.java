package io.diskmap.local;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A directory over the system's own calls: every one names a descriptor and a name in it, so there
 * is no moment between check and use.
 *
 * <p>Thread-safe. Directories are opened by {@code openat2}, which resolves a whole path beneath
 * this directory and refuses links. Java opens a file only by a path: a new one goes by {@code
 * /proc/self/fd/DIRECTORY/NAME}, which the system resolves to the very directory; an old one is
 * held by {@code O_PATH} first, which opens no pipe and no device, and then opened by {@code
 * /proc/self/fd/FILE}, which is that very file.
 */
final class NativeDir implements Dir {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path HERE = Path.of(".");
  private static final byte[] ITSELF = {};
  private static final int LONGEST_WALK = 2048;
  private static final int AGAIN = 100;

  private static final long OPEN_DIRECTORY =
      SystemCalls.O_RDONLY | SystemCalls.O_DIRECTORY | SystemCalls.O_CLOEXEC;
  private static final long HOLD =
      SystemCalls.O_PATH | SystemCalls.O_NOFOLLOW | SystemCalls.O_CLOEXEC;
  private static final long BENEATH =
      SystemCalls.RESOLVE_BENEATH
          | SystemCalls.RESOLVE_NO_MAGICLINKS
          | SystemCalls.RESOLVE_NO_SYMLINKS;

  private final Descriptor descriptor;
  private final boolean owned;

  private NativeDir(Descriptor descriptor, boolean owned) {
    this.descriptor = descriptor;
    this.owned = owned;
  }

  /**
   * Whether this machine and system have the calls and this module may make them. It never asks for
   * the right to: an operator gives it with {@code --enable-native-access}.
   */
  static boolean isUsable() {
    boolean known =
        System.getProperty("os.name").equals("Linux")
            && Set.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    if (!known || !NativeDir.class.getModule().isNativeAccessEnabled()) {
      return false;
    }
    try (NativeDir root = root(Path.of("/"))) {
      try (DirectoryStream<Path> names = root.names()) {
        return root.self().isDirectory() && names.iterator().hasNext();
      }
    } catch (IOException | LinkageError lacking) {
      return false;
    }
  }

  /** Opens a root; the path's own links are resolved by the caller. */
  static NativeDir root(Path absolute) throws IOException {
    return opened(SystemCalls.AT_FDCWD, absolute, OPEN_DIRECTORY, 0);
  }

  private static NativeDir opened(int directory, Path path, long flags, long resolve)
      throws IOException {
    return new NativeDir(new Descriptor(open(directory, path, flags, resolve)), true);
  }

  /** The system answers EAGAIN where something was renamed while it resolved the path. */
  private static int open(int directory, Path path, long flags, long resolve) throws IOException {
    byte[] bytes = Names.bytes(path);
    for (int attempt = 1; ; attempt++) {
      int answer = SystemCalls.open(directory, bytes, flags, resolve);
      boolean again = answer == -SystemCalls.EINTR || answer == -SystemCalls.EAGAIN;
      if (answer >= 0) {
        return answer;
      }
      if (answer == -SystemCalls.ELOOP || answer == -SystemCalls.EXDEV) {
        throw new LinkRefusedException(path.toString());
      }
      if (!again || attempt == AGAIN) {
        throw failure(-answer, path);
      }
    }
  }

  @Override
  public Dir open(Path name) throws IOException {
    int at = descriptor.enter();
    try {
      return opened(at, name, OPEN_DIRECTORY, BENEATH);
    } finally {
      descriptor.leave();
    }
  }

  /** One call opens the whole way, where it is not longer than the system takes. */
  @Override
  public Dir walk(List<Path> names) throws IOException {
    if (names.isEmpty()) {
      return borrowed();
    }
    Path way = names.get(0);
    for (Path name : names.subList(1, names.size())) {
      way = way.resolve(name);
    }
    return way.toString().length() > LONGEST_WALK ? Dir.super.walk(names) : open(way);
  }

  @Override
  public Dir borrowed() {
    return new NativeDir(descriptor, false);
  }

  @Override
  public FileChannel openFile(Path name, Set<? extends OpenOption> options) throws IOException {
    int at = descriptor.enter();
    try {
      int held = open(at, name, HOLD, BENEATH & ~SystemCalls.RESOLVE_NO_SYMLINKS);
      try {
        Attrs found = stat(held, ITSELF, SystemCalls.AT_EMPTY_PATH, name).attrs();
        if (found.isLink()) {
          throw failure(SystemCalls.ELOOP, name);
        }
        if (!found.isFile()) {
          throw new NoSuchFileException(name.toString());
        }
        return FileChannel.open(path(held), options);
      } finally {
        SystemCalls.close(held);
      }
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public FileChannel createFile(Path name, Set<PosixFilePermission> mode) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    int at = descriptor.enter();
    try {
      return FileChannel.open(
          path(at).resolve(name), options, PosixFilePermissions.asFileAttribute(mode));
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public Attrs stat(Path name) throws IOException {
    return look(name).attrs();
  }

  @Override
  public Attrs self() throws IOException {
    int at = descriptor.enter();
    try {
      return stat(at, ITSELF, SystemCalls.AT_EMPTY_PATH, HERE).attrs();
    } finally {
      descriptor.leave();
    }
  }

  /** One look tells all, so the two always belong together. */
  @Override
  public Change change(Path name) throws IOException {
    Look found = look(name);
    return found.attrs().isFile()
        ? new Change(found.attrs(), found.changed(), true)
        : Change.unsure(found.attrs());
  }

  private Look look(Path name) throws IOException {
    int at = descriptor.enter();
    try {
      return stat(at, Names.bytes(name), SystemCalls.AT_SYMLINK_NOFOLLOW, name);
    } finally {
      descriptor.leave();
    }
  }

  /** What one look tells. */
  private record Look(Attrs attrs, Instant changed) {}

  private static Look stat(int at, byte[] bytes, int flags, Path name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StatBuffer found = new StatBuffer(arena.allocate(StatBuffer.BYTES, Long.BYTES));
      require(SystemCalls.stat(at, bytes, flags, found.memory()), name);
      return new Look(found.attrs(), found.changed());
    }
  }

  @Override
  public Path readLink(Path name) throws IOException {
    int at = descriptor.enter();
    try {
      return Files.readSymbolicLink(path(at).resolve(name));
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void makeDirectory(Path name, Set<PosixFilePermission> mode) throws IOException {
    int at = descriptor.enter();
    try {
      require(SystemCalls.makeDirectory(at, Names.bytes(name), StatBuffer.mode(mode)), name);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void link(Path existing, Dir target, Path name) throws IOException {
    Descriptor other = ((NativeDir) target).descriptor;
    int from = descriptor.enter();
    try {
      int to = other.enter();
      try {
        require(SystemCalls.link(from, Names.bytes(existing), to, Names.bytes(name)), name);
      } finally {
        other.leave();
      }
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void rename(Path from, Dir target, Path to) throws IOException {
    Descriptor other = ((NativeDir) target).descriptor;
    int source = descriptor.enter();
    try {
      int goal = other.enter();
      try {
        require(SystemCalls.rename(source, Names.bytes(from), goal, Names.bytes(to)), from);
      } finally {
        other.leave();
      }
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void deleteFile(Path name) throws IOException {
    int at = descriptor.enter();
    try {
      require(SystemCalls.unlink(at, Names.bytes(name), 0), name);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void deleteDirectory(Path name) throws IOException {
    int at = descriptor.enter();
    try {
      int answer = SystemCalls.unlink(at, Names.bytes(name), SystemCalls.AT_REMOVEDIR);
      if (answer == -SystemCalls.EEXIST || answer == -SystemCalls.ENOTEMPTY) {
        throw new DirectoryNotEmptyException(name.toString());
      }
      require(answer, name);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void setMode(Path name, Set<PosixFilePermission> mode) throws IOException {
    change(name, view -> view.setPermissions(mode));
  }

  @Override
  public void setGroup(Path name, GroupPrincipal group) throws IOException {
    change(name, view -> view.setGroup(group));
  }

  /** A change of what a name stands for. */
  @FunctionalInterface
  private interface AttributeChange {
    void on(PosixFileAttributeView view) throws IOException;
  }

  /** The file is held first, so what is changed is no link and no other file. */
  private void change(Path name, AttributeChange change) throws IOException {
    int at = descriptor.enter();
    try {
      int held = open(at, name, HOLD, BENEATH & ~SystemCalls.RESOLVE_NO_SYMLINKS);
      try {
        if (stat(held, ITSELF, SystemCalls.AT_EMPTY_PATH, name).attrs().isLink()) {
          throw failure(SystemCalls.ELOOP, name);
        }
        change.on(
            Objects.requireNonNull(
                Files.getFileAttributeView(path(held), PosixFileAttributeView.class)));
      } finally {
        SystemCalls.close(held);
      }
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public void sync() throws IOException {
    int at = descriptor.enter();
    try {
      int answer = SystemCalls.fsync(at);
      while (answer == -SystemCalls.EINTR) {
        answer = SystemCalls.fsync(at);
      }
      require(answer, HERE);
    } finally {
      descriptor.leave();
    }
  }

  @Override
  public DirectoryStream<Path> names() throws IOException {
    int at = descriptor.enter();
    try {
      return Files.newDirectoryStream(path(at));
    } finally {
      descriptor.leave();
    }
  }

  private static Path path(int descriptor) {
    return DESCRIPTORS.resolve(Integer.toString(descriptor));
  }

  private static void require(int answer, Path name) throws IOException {
    if (answer < 0) {
      throw failure(-answer, name);
    }
  }

  /** The same exceptions as Java's own for the same errors. */
  private static IOException failure(int error, Path path) {
    String name = path.toString();
    return switch (error) {
      case SystemCalls.ENOENT -> new NoSuchFileException(name);
      case SystemCalls.EEXIST -> new FileAlreadyExistsException(name);
      case SystemCalls.EACCES -> new AccessDeniedException(name);
      case SystemCalls.ENOTDIR -> new NotDirectoryException(name);
      default -> new FileSystemException(name, null, SystemCalls.text(error));
    };
  }

  @Override
  public void close() {
    if (owned) {
      descriptor.close();
    }
  }
}
