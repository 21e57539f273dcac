package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Request;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.smb.wire.Write;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.RemoteStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The share's tree in the steps that saves and deletes are made of, one compound each.
 *
 * <p>Thread-safe. Where a server folds case or has short names, what stands under another name than
 * the one that was asked for is neither a file nor a directory.
 */
final class SmbStore implements RemoteStore {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int WRITING =
      Create.READ_DATA
          | Create.WRITE_DATA
          | Create.READ_ATTRIBUTES
          | Create.WRITE_ATTRIBUTES
          | Create.SYNCHRONIZE;
  private static final int READING = Create.READ_DATA | Create.READ_ATTRIBUTES | Create.SYNCHRONIZE;
  static final int MOVING = Create.DELETE | Create.READ_ATTRIBUTES | Create.SYNCHRONIZE;

  private final SmbSessions sessions;
  private final SmbOptions options;
  private final SmbRenames renames;
  private final SmbRemovals removals;

  /** A directory that nobody replaces. */
  private volatile String lasting = "";

  /** The directories for which a save has looked and that were there. */
  private final Map<String, RemoteStat> found = new ConcurrentHashMap<>();

  SmbStore(SmbSessions sessions, SmbOptions options) {
    this.sessions = sessions;
    this.options = options;
    OpenByOthers others = new OpenByOthers(options.replaceWait());
    this.renames = new SmbRenames(sessions, this, others);
    this.removals = new SmbRemovals(sessions, others);
  }

  /** Names a directory that nobody replaces, so that it is not there where it is not found. */
  void lasts(String directory) {
    lasting = directory;
  }

  /** A path as the server takes it. */
  String remote(String path) {
    return SmbNames.remote(options.root(), path);
  }

  /** A look that is under way. */
  record Look(String name, QueryInfo<FileInfo> query, Create open, Pending pending) {}

  @Override
  public Optional<RemoteStat> look(String path, Call call) throws StorageException {
    return lookAll(List.of(path), call).get(0);
  }

  /**
   * Looks at several names at once. Samba can answer, about once in ten thousand times, that a name
   * is not there while it is being replaced; so those that are not there are asked for twice.
   */
  @Override
  public List<Optional<RemoteStat>> lookAll(List<String> paths, Call call) throws StorageException {
    List<Optional<RemoteStat>> found = new ArrayList<>(lookOnce(paths, call));
    List<Integer> absent =
        IntStream.range(0, paths.size())
            .filter(i -> found.get(i).isEmpty() && !paths.get(i).equals(lasting))
            .boxed()
            .toList();
    if (!absent.isEmpty()) {
      List<Optional<RemoteStat>> again = lookOnce(absent.stream().map(paths::get).toList(), call);
      for (int i = 0; i < absent.size(); i++) {
        found.set(absent.get(i), again.get(i));
      }
    }
    return found;
  }

  @Override
  public List<Optional<RemoteStat>> lookAgain(List<String> paths, Call call)
      throws StorageException {
    return lookOnce(paths, call);
  }

  private List<Optional<RemoteStat>> lookOnce(List<String> paths, Call call)
      throws StorageException {
    List<Look> begun = new ArrayList<>();
    List<Optional<RemoteStat>> found = new ArrayList<>();
    try {
      SmbConnection connection = sessions.connection(call);
      for (String path : paths) {
        begun.add(beginLook(connection, path, call));
      }
      for (Look each : begun) {
        found.add(await(each, call));
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    } finally {
      begun.forEach(each -> each.pending().end());
    }
    return found;
  }

  /** Begins a look, which the caller awaits or ends. */
  Look beginLook(SmbConnection connection, String path, Call call) throws IOException {
    String name = remote(path);
    Create open = Create.open(name, Create.READ_ATTRIBUTES);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Pending pending =
        connection.start(sessions.patience(call), open, query, new Close(FileId.RELATED));
    return new Look(name, query, open, pending);
  }

  /** Ends a look. */
  Optional<RemoteStat> await(Look look, Call call) throws IOException {
    Answers answers = look.pending().await(sessions.patience(call));
    try {
      answers.of(look.open());
      return stat(look.name(), answers.of(look.query()));
    } catch (SmbStatusException e) {
      if (isAbsent(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<RemoteStat> stat(String name, FileInfo info) {
    if (info.deletePending()) {
      return Optional.empty();
    }
    boolean exact = SmbNames.isExact(name, info.name());
    return Optional.of(exact ? SmbStats.of(info) : SmbStats.other(info));
  }

  /** Nothing stands there, or the way leads over something that is no directory. */
  static boolean isAbsent(SmbStatusException e) {
    return e.isAny(
        NtStatus.OBJECT_NAME_NOT_FOUND,
        NtStatus.OBJECT_PATH_NOT_FOUND,
        NtStatus.NO_SUCH_FILE,
        NtStatus.NOT_A_DIRECTORY,
        NtStatus.NOT_FOUND,
        NtStatus.FILE_DELETED,
        NtStatus.DELETE_PENDING);
  }

  @Override
  public RemoteFile create(String path, Call call) throws StorageException {
    try {
      return create(sessions.connection(call), path, NOTHING, call);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  @Override
  public RemoteFile create(String path, ByteBuffer head, Call call) throws StorageException {
    try {
      return create(sessions.connection(call), path, head, call);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private RemoteFile create(SmbConnection connection, String path, ByteBuffer head, Call call)
      throws IOException {
    String name = remote(path);
    Create create = Create.newFile(name, WRITING);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Write write = new Write(FileId.RELATED, 0, head);
    Answers answers =
        head.hasRemaining()
            ? connection.call(sessions.patience(call), create, query, write)
            : connection.call(sessions.patience(call), create, query);
    FileId file = opened(answers, create);
    boolean kept = false;
    try {
      FileInfo info = answers.of(query);
      if (!SmbNames.isExact(name, info.name())) {
        remove(path, call);
        throw twin();
      }
      if (head.hasRemaining() && answers.of(write) < head.remaining()) {
        throw StorageException.of(
            ErrorKind.NO_SPACE, "The SMB server takes no more bytes; make room on it.");
      }
      kept = true;
      return file(connection, file, name, info, WRITING);
    } finally {
      if (!kept) {
        connection.closeQuietly(file);
      }
    }
  }

  private SmbFile file(SmbConnection on, FileId file, String name, FileInfo info, int access) {
    Handles.Handle opened = new Handles.Handle(on, file);
    return new SmbFile(sessions, options, opened, name, info, access, this::remote);
  }

  /** The file that a request has made. */
  static FileId opened(Answers answers, Create create) throws IOException {
    try {
      return answers.of(create).file();
    } catch (SmbStatusException e) {
      if (e.isAny(NtStatus.DELETE_PENDING)) {
        throw StorageException.of(ErrorKind.NOT_FOUND, "The directory is being removed.", e);
      }
      if (e.isAny(NtStatus.NOT_A_DIRECTORY)) {
        throw conflict(e);
      }
      throw e;
    }
  }

  private static StorageException conflict(SmbStatusException e) {
    return StorageException.of(
        ErrorKind.PATH_CONFLICT,
        "A file or a link stands where a directory is needed; choose another path.",
        e);
  }

  /** The refusal of a path that the server takes for another one. */
  static StorageException twin() {
    return StorageException.of(
        ErrorKind.PATH_CONFLICT,
        "The share does not tell upper from lower case, and a path that differs only in that is"
            + " there already; choose another path.");
  }

  @Override
  public Begun begin(String staged, String target, String third, Call call)
      throws StorageException {
    List<Look> begun = new ArrayList<>();
    try {
      SmbConnection connection = sessions.connection(call);
      Optional<RemoteStat> known = Optional.ofNullable(found.get(third));
      begun.add(beginLook(connection, target, call));
      if (known.isEmpty()) {
        begun.add(beginLook(connection, third, call));
      }
      RemoteFile file = create(connection, staged, NOTHING, call);
      boolean complete = false;
      try {
        Optional<RemoteStat> stands = await(begun.get(0), call);
        Optional<RemoteStat> other = known.isPresent() ? known : await(begun.get(1), call);
        other.ifPresent(stat -> found.put(third, stat));
        Begun result = new Begun(file, stands, other);
        complete = true;
        return result;
      } finally {
        if (!complete) {
          file.close();
        }
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    } finally {
      begun.forEach(each -> each.pending().end());
    }
  }

  @Override
  public Optional<RemoteStat> make(String path, RemoteFile.Completion end, Call call)
      throws StorageException {
    SmbConnection connection = sessions.connection(call);
    int most = Math.min(options.wsize(), connection.maxWrite());
    boolean fits = end.data().hasRemaining() && end.data().remaining() <= most;
    return fits
        ? Optional.of(new SmbEnding(sessions, connection, remote(path), end).make(call))
        : Optional.empty();
  }

  @Override
  public RemoteFile open(String path, Call call) throws StorageException {
    return open(path, WRITING, call);
  }

  @Override
  public RemoteFile openToRead(String path, Call call) throws StorageException {
    return open(path, READING, call);
  }

  private RemoteFile open(String path, int access, Call call) throws StorageException {
    String name = remote(path);
    Create create = Create.openFile(name, access);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    try {
      SmbConnection connection = sessions.connection(call);
      Answers answers = connection.call(sessions.patience(call), create, query);
      FileId file = answers.of(create).file();
      boolean kept = false;
      try {
        FileInfo info = answers.of(query);
        if (stat(name, info).filter(RemoteStat::isFile).isEmpty()) {
          throw missing(null);
        }
        kept = true;
        return file(connection, file, name, info, access);
      } finally {
        if (!kept) {
          connection.closeQuietly(file);
        }
      }
    } catch (SmbStatusException e) {
      throw isAbsent(e) || e.isAny(NtStatus.FILE_IS_A_DIRECTORY) ? missing(e) : SmbErrors.of(e);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  static StorageException missing(@org.jspecify.annotations.Nullable Throwable cause) {
    return StorageException.of(ErrorKind.NOT_FOUND, "There is no such file.", cause);
  }

  private Answers call(Call call, Request<?>... compound) throws StorageException {
    return sessions.call(call, compound);
  }

  @Override
  public boolean makeDirectory(String path, Call call) throws StorageException {
    Create create = Create.newDirectory(remote(path));
    try {
      call(call, create, new Close(FileId.RELATED)).of(create);
      return true;
    } catch (SmbStatusException e) {
      if (e.isAny(NtStatus.OBJECT_NAME_COLLISION)) {
        return false;
      }
      if (e.isAny(NtStatus.DELETE_PENDING)) {
        call.pause(OpenByOthers.FIRST);
        throw StorageException.of(ErrorKind.NOT_FOUND, "The directory is being removed.", e);
      }
      throw e.isAny(NtStatus.NOT_A_DIRECTORY) ? conflict(e) : SmbErrors.of(e);
    }
  }

  @Override
  public void replace(String from, String to, Call call) throws StorageException {
    renames.replace(from, to, call);
  }

  @Override
  public void linkNew(String from, String to, Call call) throws StorageException {
    renames.linkNew(from, to, call);
  }

  @Override
  public void renameNew(String from, String to, Call call) throws StorageException {
    renames.renameNew(from, to, call);
  }

  @Override
  public boolean renameOnce(String from, String to, Call call) throws StorageException {
    return renames.renameOnce(from, to, call);
  }

  @Override
  public boolean isSameFile(String one, String other, Call call) throws StorageException {
    List<Optional<RemoteStat>> both = lookAll(List.of(one, other), call);
    return both.get(0).isPresent()
        && both.get(1).isPresent()
        && both.get(0).get().fileId().equals(both.get(1).get().fileId());
  }

  @Override
  public boolean remove(String path, Call call) throws StorageException {
    return removals.remove(remote(path), call);
  }

  /** Removes a file by the name that the server stores. */
  boolean removeRemote(String name, Call call) throws StorageException {
    return removals.remove(name, call);
  }

  @Override
  public boolean removeDirectory(String path, Call call) throws StorageException {
    return removals.removeDirectory(remote(path), call);
  }

  @Override
  public void list(String directory, Visitor visitor, Call call) throws StorageException {
    DirectoryPages.visit(
        sessions,
        remote(directory),
        entry -> {
          Optional<String> name = DirectoryPages.original(entry);
          if (name.isPresent()) {
            visitor.visit(name.get(), SmbStats.of(entry.info()));
          }
          return true;
        },
        call);
  }
}
