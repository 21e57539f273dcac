package io.diskmap.local;

import io.diskmap.StoragePath;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * A directory over {@link SecureDirectoryStream}, as far as Java 17 goes: opening, looking,
 * renaming and deleting are relative to the handle.
 *
 * <p>Thread-safe. Java 17 has no relative form of mkdir, link, readlink and of reading the time of
 * change. These go by path; what they did or read is then compared through the handle by file key,
 * and undone and refused where the path had been led elsewhere.
 */
final class SecureDir implements Dir {
  private static final Path HERE = Path.of(".");
  private static final String CHANGE = "unix:fileKey,ctime";
  private static final int LOOKS = 4;

  private final SecureDirectoryStream<Path> stream;
  private final Path path;
  private final boolean owned;
  private final AtomicBoolean iterated;

  private SecureDir(SecureDirectoryStream<Path> stream, Path path, boolean owned) {
    this.stream = stream;
    this.path = path;
    this.owned = owned;
    this.iterated = new AtomicBoolean(!owned);
  }

  /** Opens a root; the path's own links are resolved by the caller. */
  static SecureDir root(Path absolute) throws IOException {
    DirectoryStream<Path> opened = Files.newDirectoryStream(absolute);
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return new SecureDir(secure, absolute, true);
    }
    opened.close();
    throw new FileSystemException(
        absolute.toString(), null, "Function not implemented: relative access to directories");
  }

  /**
   * Opens {@code name/.}, which the system refuses for anything but a directory: so a name that was
   * swapped since the look makes it neither wait for the writer of a pipe nor fail half-way, where
   * some Java releases lose a descriptor. A link swapped in is followed by that, and found out by
   * the key of what was opened.
   */
  @Override
  public Dir open(Path name) throws IOException {
    Attrs found = stat(name);
    if (found.isLink()) {
      throw new LinkRefusedException(name.toString());
    }
    if (!found.isDirectory()) {
      throw new NotDirectoryException(name.toString());
    }
    SecureDirectoryStream<Path> opened =
        stream.newDirectoryStream(name.resolve(HERE), LinkOption.NOFOLLOW_LINKS);
    SecureDir child = new SecureDir(opened, path.resolve(name), true);
    boolean same = false;
    try {
      same = child.self().key().equals(found.key());
    } finally {
      if (!same) {
        child.close();
      }
    }
    if (!same) {
      throw swapped(name);
    }
    return child;
  }

  /** A link, or a directory that was made anew, which the caller finds on its next try. */
  private IOException swapped(Path name) throws IOException {
    return stat(name).isDirectory()
        ? new NoSuchFileException(name.toString())
        : new LinkRefusedException(name.toString());
  }

  @Override
  public Dir borrowed() {
    return new SecureDir(stream, path, false);
  }

  @Override
  public FileChannel openFile(Path name, Set<? extends OpenOption> options) throws IOException {
    Set<OpenOption> all = new HashSet<>(options);
    all.add(LinkOption.NOFOLLOW_LINKS);
    return channel(stream.newByteChannel(name, all));
  }

  @Override
  public FileChannel createFile(Path name, Set<PosixFilePermission> mode) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    return channel(
        stream.newByteChannel(name, options, PosixFilePermissions.asFileAttribute(mode)));
  }

  private static FileChannel channel(SeekableByteChannel opened) throws IOException {
    if (opened instanceof FileChannel file) {
      return file;
    }
    opened.close();
    throw new IOException("Function not implemented: positional access to files");
  }

  @Override
  public Attrs stat(Path name) throws IOException {
    return statIn(stream, name);
  }

  @Override
  public Attrs self() throws IOException {
    return Attrs.of(stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes());
  }

  @Override
  public Change change(Path name) throws IOException {
    PosixFileAttributes byHandle = view(name).readAttributes();
    Path whole = path.resolve(name);
    for (int look = 0; look < LOOKS && byHandle.isRegularFile(); look++) {
      Optional<Instant> changed = changedByPath(whole, byHandle);
      if (changed.isPresent()) {
        return new Change(Attrs.of(byHandle), changed.get(), true);
      }
      byHandle = view(name).readAttributes();
    }
    return Change.unsure(Attrs.of(byHandle));
  }

  /**
   * The time of change of the very file that the handle sees; empty where the path leads to
   * another. A change between the two looks makes a version that no later look sees again, and so
   * matches none.
   */
  private static Optional<Instant> changedByPath(Path whole, PosixFileAttributes byHandle)
      throws IOException {
    Map<String, Object> found;
    try {
      found = Files.readAttributes(whole, CHANGE, LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException elsewhere) {
      return Optional.empty();
    }
    boolean same = byHandle.fileKey().equals(found.get("fileKey"));
    return same && found.get("ctime") instanceof FileTime changed
        ? Optional.of(changed.toInstant())
        : Optional.empty();
  }

  @Override
  public Path readLink(Path name) throws IOException {
    return Files.readSymbolicLink(path.resolve(name));
  }

  @Override
  public void makeDirectory(Path name, Set<PosixFilePermission> mode) throws IOException {
    Path whole = path.resolve(name);
    Files.createDirectory(whole, PosixFilePermissions.asFileAttribute(mode));
    Optional<Object> made = byPath(whole, "isDirectory", Boolean.TRUE::equals);
    try {
      if (stat(name).isDirectory()) {
        return;
      }
    } catch (NoSuchFileException elsewhere) {
      // The handle does not see it: a pruner took it, or it was made in another directory.
    }
    boolean known = name.toString().startsWith(StoragePath.RESERVED_PREFIX);
    if (known || made.isPresent()) {
      Astray.isTakenBack(
          path,
          self().key(),
          there -> {
            Attrs found = statIn(there, name);
            boolean ours = known || made.filter(found.key()::equals).isPresent();
            if (!ours || !found.isDirectory()) {
              return false;
            }
            there.deleteDirectory(name);
            return true;
          });
    }
    throw new NoSuchFileException(path.toString());
  }

  @Override
  public void link(Path existing, Dir target, Path name) throws IOException {
    SecureDir goal = (SecureDir) target;
    Object wanted = stat(existing).key();
    Path source = path.resolve(existing);
    Files.createLink(goal.path.resolve(name), source);
    try {
      if (target.stat(name).key().equals(wanted)) {
        return;
      }
    } catch (NoSuchFileException elsewhere) {
      // Another program took the new name away again, or the link was made elsewhere.
    }
    Optional<Object> alone = byPath(source, "nlink", Integer.valueOf(1)::equals);
    if (alone.filter(wanted::equals).isPresent()) {
      return;
    }
    boolean takenBack =
        Astray.isTakenBack(
            goal.path,
            target.self().key(),
            there -> {
              if (!statIn(there, name).key().equals(wanted)) {
                return false;
              }
              there.deleteFile(name);
              return true;
            });
    if (takenBack) {
      throw new LinkRefusedException(name.toString());
    }
  }

  private static Attrs statIn(SecureDirectoryStream<Path> directory, Path name) throws IOException {
    return Attrs.of(
        directory
            .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes());
  }

  /** The key of what the path leads to, where that is there and its attribute is as wanted. */
  private static Optional<Object> byPath(Path whole, String attribute, Predicate<Object> wanted)
      throws IOException {
    Map<String, Object> found;
    try {
      found = Files.readAttributes(whole, "unix:fileKey," + attribute, LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException vanished) {
      return Optional.empty();
    }
    return wanted.test(found.get(attribute))
        ? Optional.ofNullable(found.get("fileKey"))
        : Optional.empty();
  }

  @Override
  public void rename(Path from, Dir target, Path to) throws IOException {
    stream.move(from, ((SecureDir) target).stream, to);
  }

  @Override
  public void deleteFile(Path name) throws IOException {
    stream.deleteFile(name);
  }

  @Override
  public void deleteDirectory(Path name) throws IOException {
    stream.deleteDirectory(name);
  }

  @Override
  public void setMode(Path name, Set<PosixFilePermission> mode) throws IOException {
    view(name).setPermissions(mode);
  }

  @Override
  public void setGroup(Path name, GroupPrincipal group) throws IOException {
    view(name).setGroup(group);
  }

  /**
   * An interrupt closes the channel that Java syncs by, but not this sync: what was published
   * before it is there, and is to be durable whoever lost interest. The interrupt stays set.
   */
  @Override
  public void sync() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (!isSynced()) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One sync; false where an interrupt kept it from ending. */
  private boolean isSynced() throws IOException {
    try (FileChannel self = openFile(HERE, Set.of(StandardOpenOption.READ))) {
      self.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  @Override
  public DirectoryStream<Path> names() throws IOException {
    if (iterated.compareAndSet(false, true)) {
      return new OwnNames(stream);
    }
    return stream.newDirectoryStream(HERE, LinkOption.NOFOLLOW_LINKS);
  }

  /** The first walk through the names uses the handle that is open anyway, and leaves it open. */
  private record OwnNames(DirectoryStream<Path> stream) implements DirectoryStream<Path> {
    @Override
    public java.util.Iterator<Path> iterator() {
      return stream.iterator();
    }

    @Override
    public void close() {}
  }

  private PosixFileAttributeView view(Path name) {
    return stream.getFileAttributeView(
        name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() throws IOException {
    if (owned) {
      stream.close();
    }
  }
}
