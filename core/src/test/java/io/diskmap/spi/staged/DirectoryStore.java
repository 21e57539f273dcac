package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A local directory as a file server. For any thread. */
class DirectoryStore implements RemoteStore {
  private final Path root;
  private final boolean tellsIds;

  /**
   * A server over a directory.
   *
   * @param tellsIds whether it tells the ids of files
   */
  DirectoryStore(Path root, boolean tellsIds) {
    this.root = root;
    this.tellsIds = tellsIds;
  }

  Path at(String path) {
    return root.resolve(path);
  }

  /** A step on the file system. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private static <T> T run(Step<T> step) throws StorageException {
    try {
      return step.run();
    } catch (StorageException e) {
      throw e;
    } catch (FileAlreadyExistsException e) {
      throw StorageException.of(ErrorKind.ALREADY_EXISTS, "It exists.", e);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw StorageException.of(ErrorKind.NOT_FOUND, "It is not there.", e);
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.UNKNOWN, "The file system failed.", e);
    }
  }

  private RemoteStat stat(Path file) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Instant modified = found.lastModifiedTime().toInstant();
    return new RemoteStat(
        found.isDirectory() ? RemoteStat.Kind.DIRECTORY : RemoteStat.Kind.FILE,
        found.size(),
        modified,
        -1,
        found.size() + "-" + modified,
        tellsIds
            ? Optional.of(Integer.toHexString(String.valueOf(found.fileKey()).hashCode()))
            : Optional.empty());
  }

  @Override
  public Optional<RemoteStat> look(String path, Call call) throws StorageException {
    return run(
        () ->
            Files.exists(at(path), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(stat(at(path)))
                : Optional.empty());
  }

  @Override
  public RemoteFile create(String path, Call call) throws StorageException {
    return open(path, StandardOpenOption.CREATE_NEW);
  }

  @Override
  public RemoteFile open(String path, Call call) throws StorageException {
    return open(path, StandardOpenOption.WRITE);
  }

  @Override
  public RemoteFile openToRead(String path, Call call) throws StorageException {
    return open(path, StandardOpenOption.WRITE);
  }

  private RemoteFile open(String path, OpenOption how) throws StorageException {
    return run(
        () ->
            new LocalFile(
                at(path),
                FileChannel.open(
                    at(path), StandardOpenOption.READ, StandardOpenOption.WRITE, how)));
  }

  @Override
  public boolean makeDirectory(String path, Call call) throws StorageException {
    try {
      run(() -> Files.createDirectory(at(path)));
      return true;
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.ALREADY_EXISTS) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void replace(String from, String to, Call call) throws StorageException {
    run(() -> Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE));
  }

  @Override
  public void linkNew(String from, String to, Call call) throws StorageException {
    run(() -> Files.createLink(at(to), at(from)));
  }

  @Override
  public void renameNew(String from, String to, Call call) throws StorageException {
    run(() -> Files.move(at(from), at(to)));
  }

  @Override
  public boolean isSameFile(String one, String other, Call call) throws StorageException {
    return run(() -> Files.isSameFile(at(one), at(other)));
  }

  @Override
  public boolean remove(String path, Call call) throws StorageException {
    return run(() -> Files.deleteIfExists(at(path)));
  }

  @Override
  public boolean removeDirectory(String path, Call call) throws StorageException {
    return run(
        () -> {
          try {
            return Files.deleteIfExists(at(path));
          } catch (DirectoryNotEmptyException stays) {
            return false;
          }
        });
  }

  @Override
  public void list(String directory, Visitor visitor, Call call) throws StorageException {
    run(
        () -> {
          List<Path> found;
          try (Stream<Path> all = Files.list(at(directory))) {
            found = all.toList();
          } catch (NoSuchFileException none) {
            return directory;
          }
          for (Path each : found) {
            visitor.visit(each.getFileName().toString(), stat(each));
          }
          return directory;
        });
  }

  private final class LocalFile implements RemoteFile {
    private final Path file;
    private final FileChannel channel;

    LocalFile(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    @Override
    public void write(long offset, ByteBuffer data, Call call) throws StorageException {
      run(
          () -> {
            ByteBuffer left = data.duplicate();
            for (long at = offset; left.hasRemaining(); ) {
              at += channel.write(left, at);
            }
            return offset;
          });
    }

    @Override
    public int read(long offset, ByteBuffer target, Call call) throws StorageException {
      return run(
          () -> {
            int total = 0;
            for (int n = 0; target.hasRemaining() && n >= 0; total += Math.max(0, n)) {
              n = channel.read(target, offset + total);
            }
            return total;
          });
    }

    @Override
    public RemoteStat stat(Call call) throws StorageException {
      return run(() -> DirectoryStore.this.stat(file));
    }

    @Override
    public void sync(Call call) throws StorageException {
      run(
          () -> {
            channel.force(false);
            return file;
          });
    }

    @Override
    public void setMode(int mode, Call call) {}

    @Override
    public RemoteStat later(RemoteStat current, Call call) throws StorageException {
      return run(
          () -> {
            Files.setLastModifiedTime(file, FileTime.from(current.modified().plusSeconds(1)));
            return DirectoryStore.this.stat(file);
          });
    }

    @Override
    public void finish(Call call) throws StorageException {
      run(
          () -> {
            channel.close();
            return file;
          });
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
