package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.NewFile;
import io.diskmap.nfs.v4.NfsClient;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader;
import io.diskmap.nfs.v4.OpenMode;
import io.diskmap.nfs.v4.Pending;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.StateId;
import io.diskmap.nfs.v4.Status;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.RemoteStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The export's tree in the steps that saves and deletes are made of, one compound each.
 *
 * <p>Thread-safe. Every compound walks from the root's handle and the protocol follows no link, so
 * nothing outside the root is reached.
 */
final class NfsStore implements RemoteStore {
  final NfsSessions sessions;
  final NfsOptions options;
  final UnstableWrites.Share unstable;

  /** Whether something stood at the target of the last save that looked. */
  private volatile boolean replacing;

  /** A store that keeps at most about this many bytes until they are on stable storage. */
  NfsStore(NfsSessions sessions, NfsOptions options, long kept) {
    this.sessions = sessions;
    this.options = options;
    this.unstable = new UnstableWrites.Share(kept);
  }

  @Override
  public Optional<RemoteStat> look(String path, Call call) throws StorageException {
    return attributes(path, call).map(NfsStats::of);
  }

  /** What stands at a path, links not followed. */
  Optional<Attributes> attributes(String path, Call call) throws StorageException {
    try {
      return Optional.of(sessions.call(RemoteName.segments(path), NfsStore::attributesOf, call));
    } catch (IOException e) {
      return absent(e);
    }
  }

  private static Request<Attributes> attributesOf(NfsSessions.Start start) {
    return Request.of(
        out -> start.go(out).getAttr(), in -> in.putFh().lookup(start.names().size()).getAttr());
  }

  private static <T> Optional<T> absent(IOException failure) throws StorageException {
    if (failure instanceof NfsStatusException status && isAbsent(status)) {
      return Optional.empty();
    }
    throw NfsErrors.of(failure);
  }

  /** Nothing stands there, or the way leads over something that is no directory. */
  static boolean isAbsent(NfsStatusException e) {
    return e.isAny(Status.NOENT, Status.NOTDIR, Status.SYMLINK, Status.STALE, Status.FHEXPIRED);
  }

  @Override
  public List<Optional<RemoteStat>> lookAll(List<String> paths, Call call) throws StorageException {
    List<Pending<Attributes>> begun = new ArrayList<>();
    List<Optional<RemoteStat>> found = new ArrayList<>();
    try {
      for (String path : paths) {
        begun.add(beginLook(path, call));
      }
      for (Pending<Attributes> each : begun) {
        found.add(await(each, call));
      }
    } finally {
      begun.forEach(Pending::end);
    }
    return found;
  }

  private Pending<Attributes> beginLook(String path, Call call) throws StorageException {
    try {
      return sessions.start(RemoteName.segments(path), NfsStore::attributesOf, call);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private Optional<RemoteStat> await(Pending<Attributes> look, Call call) throws StorageException {
    try {
      return Optional.of(NfsStats.of(look.await(sessions.client().patience(call))));
    } catch (IOException e) {
      return absent(e);
    }
  }

  @Override
  public RemoteFile create(String path, Call call) throws StorageException {
    return createAndLook(path, Optional.empty(), call).file();
  }

  @Override
  public RemoteFile create(String path, ByteBuffer head, Call call) throws StorageException {
    return new Making(this).make(path, head, call);
  }

  /**
   * The third name matters only to a save that replaces a file; while saves replace none it is not
   * looked at.
   */
  @Override
  public Begun begin(String staged, String target, String third, Call call)
      throws StorageException {
    Optional<Pending<Attributes>> ahead =
        replacing ? Optional.of(beginLook(third, call)) : Optional.empty();
    try {
      Created created = createAndLook(staged, Optional.of(RemoteName.of(target).name()), call);
      boolean complete = false;
      try {
        replacing = created.beside().isPresent();
        Optional<RemoteStat> besides = Optional.empty();
        if (ahead.isPresent()) {
          besides = await(ahead.get(), call);
        } else if (replacing) {
          besides = look(third, call);
        }
        complete = true;
        return new Begun(created.file(), created.beside(), besides);
      } finally {
        if (!complete) {
          created.file().close();
        }
      }
    } finally {
      ahead.ifPresent(Pending::end);
    }
  }

  private record Created(RemoteFile file, Optional<RemoteStat> beside) {}

  private record Opened(FileHandle handle, StateId state, Optional<RemoteStat> beside) {}

  /** Makes a file, and looks at another name of the same directory, in one compound. */
  private Created createAndLook(String path, Optional<String> beside, Call call)
      throws StorageException {
    RemoteName name = RemoteName.of(path);
    NewFile kind = options.file();
    NfsClient client = sessions.client();
    long owner = client.takeOwner();
    try {
      Opened opened =
          sessions.call(
              name.parents(),
              start ->
                  Request.undoable(
                      Request.change(
                          out -> {
                            start.go(out).saveFh().openNew(name.name(), kind, owner).getFh();
                            beside.ifPresent(other -> out.restoreFh().lookup(other).getAttr());
                          },
                          in -> {
                            in.putFh().lookup(start.names().size()).saveFh();
                            StateId state = in.open();
                            FileHandle handle = in.getFh();
                            return new Opened(
                                handle,
                                state,
                                beside.isEmpty() ? Optional.empty() : readBeside(in));
                          }),
                      late -> client.letGo(late.handle(), late.state(), owner)),
              call);
      return new Created(
          new NfsFile(
              this,
              client.adopt(opened.handle(), OpenMode.READ_WRITE, owner, opened.state()),
              true),
          opened.beside());
    } catch (NfsStatusException e) {
      client.giveOwner(owner, e);
      throw notMade(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  /** Why a file or directory could not be made. */
  static StorageException notMade(NfsStatusException e) {
    if (e.isAny(Status.NOTDIR, Status.SYMLINK)) {
      return conflict(e);
    }
    return e.isAny(Status.STALE) ? vanished(e) : NfsErrors.of(e);
  }

  private static Optional<RemoteStat> readBeside(OpReader in)
      throws XdrException, NfsStatusException {
    try {
      return Optional.of(NfsStats.of(in.restoreFh().lookup(1).getAttr()));
    } catch (NfsStatusException e) {
      if (e.isAny(Status.NOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static StorageException conflict(NfsStatusException e) {
    return StorageException.of(
        ErrorKind.PATH_CONFLICT,
        "A file or a link stands where a directory is needed; choose another path.",
        e);
  }

  private static StorageException vanished(NfsStatusException e) {
    return StorageException.of(ErrorKind.NOT_FOUND, "The file or its directory vanished.", e);
  }

  @Override
  public RemoteFile open(String path, Call call) throws StorageException {
    return open(path, OpenMode.READ_WRITE, call);
  }

  @Override
  public RemoteFile openToRead(String path, Call call) throws StorageException {
    return open(path, OpenMode.READ, call);
  }

  private RemoteFile open(String path, OpenMode mode, Call call) throws StorageException {
    RemoteName name = RemoteName.of(path);
    NfsClient client = sessions.client();
    long owner = client.takeOwner();
    try {
      Opened opened =
          sessions.call(
              name.parents(),
              start ->
                  Request.undoable(
                      Request.repeatableChange(
                          out -> start.go(out).open(name.name(), mode, owner).getFh(),
                          in -> {
                            StateId state = in.putFh().lookup(start.names().size()).open();
                            return new Opened(in.getFh(), state, Optional.empty());
                          }),
                      late -> client.letGo(late.handle(), late.state(), owner)),
              call);
      return new NfsFile(this, client.adopt(opened.handle(), mode, owner, opened.state()), false);
    } catch (NfsStatusException e) {
      client.giveOwner(owner, e);
      throw isAbsent(e) || e.isAny(Status.ISDIR, Status.INVAL)
          ? StorageException.of(ErrorKind.NOT_FOUND, "There is no such file.", e)
          : NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public boolean makeDirectory(String path, Call call) throws StorageException {
    RemoteName name = RemoteName.of(path);
    try {
      sessions.call(
          name.parents(),
          start ->
              Request.repeatableChange(
                  out -> start.go(out).makeDirectory(name.name(), options.directory()),
                  in -> in.putFh().lookup(start.names().size()).create()),
          call);
      return true;
    } catch (NfsStatusException e) {
      if (e.isAny(Status.EXIST)) {
        return false;
      }
      throw notMade(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public void replace(String from, String to, Call call) throws StorageException {
    RemoteName source = RemoteName.of(from);
    RemoteName target = RemoteName.of(to);
    try {
      sessions.call(
          source.parents(),
          target.parents(),
          (one, other) ->
              Request.change(
                  out -> {
                    one.go(out).saveFh();
                    other.go(out).rename(source.name(), target.name());
                  },
                  in -> {
                    in.putFh().lookup(one.names().size()).saveFh();
                    return in.putFh().lookup(other.names().size()).rename();
                  }),
          call);
    } catch (NfsStatusException e) {
      if (e.isAny(Status.EXIST, Status.ISDIR, Status.NOTEMPTY)) {
        throw StorageException.of(
            ErrorKind.PATH_CONFLICT, "A directory stands where the file would be.", e);
      }
      throw isAbsent(e) ? vanished(e) : NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public void linkNew(String from, String to, Call call) throws StorageException {
    RemoteName source = RemoteName.of(from);
    RemoteName target = RemoteName.of(to);
    try {
      sessions.call(
          source.parents(),
          target.parents(),
          (one, other) ->
              Request.change(
                  out -> {
                    one.go(out).lookup(source.name()).saveFh();
                    other.go(out).link(target.name());
                  },
                  in -> {
                    in.putFh().lookup(one.names().size() + 1).saveFh();
                    return in.putFh().lookup(other.names().size()).link();
                  }),
          call);
    } catch (NfsStatusException e) {
      throw isAbsent(e) ? vanished(e) : NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  /** Looks and renames; the names that it is called for are random ones. */
  @Override
  public void renameNew(String from, String to, Call call) throws StorageException {
    if (look(to, call).isPresent()) {
      throw StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.");
    }
    replace(from, to, call);
  }

  @Override
  public boolean isSameFile(String one, String other, Call call) throws StorageException {
    Optional<RemoteStat> first = look(one, call);
    Optional<RemoteStat> second = look(other, call);
    return first.isPresent()
        && second.isPresent()
        && first.get().fileId().equals(second.get().fileId());
  }

  @Override
  public boolean remove(String path, Call call) throws StorageException {
    RemoteName name = RemoteName.of(path);
    try {
      sessions.call(
          name.parents(),
          start ->
              Request.change(
                  out -> {
                    start.go(out).saveFh().lookup(name.name()).refuseDirectory();
                    out.restoreFh().remove(name.name());
                  },
                  in -> {
                    in.putFh().lookup(start.names().size()).saveFh().lookup(1).refuseDirectory();
                    return in.restoreFh().remove();
                  }),
          call);
      return true;
    } catch (NfsStatusException e) {
      if (isAbsent(e) || e.isAny(Status.SAME)) {
        return false;
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public boolean removeDirectory(String path, Call call) throws StorageException {
    RemoteName name = RemoteName.of(path);
    try {
      sessions.call(
          name.parents(),
          start ->
              Request.repeatableChange(
                  out -> {
                    start.go(out).saveFh().lookup(name.name()).requireDirectory();
                    out.restoreFh().remove(name.name());
                  },
                  in -> {
                    in.putFh().lookup(start.names().size()).saveFh().lookup(1).requireDirectory();
                    return in.restoreFh().remove();
                  }),
          call);
      return true;
    } catch (NfsStatusException e) {
      if (isAbsent(e) || e.isAny(Status.NOT_SAME, Status.NOTEMPTY, Status.EXIST, Status.ACCESS)) {
        return false;
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  @Override
  public void list(String directory, Visitor visitor, Call call) throws StorageException {
    Optional<FileHandle> handle = handle(directory, call);
    if (handle.isEmpty()) {
      return;
    }
    DirectoryPages.visit(
        sessions,
        handle.get(),
        entry -> {
          Optional<String> name = DirectoryPages.text(entry.name());
          if (name.isPresent()) {
            visitor.visit(name.get(), NfsStats.of(entry.attributes()));
          }
          return true;
        },
        call);
  }

  /** The handle of what stands at a path. */
  Optional<FileHandle> handle(String path, Call call) throws StorageException {
    try {
      return Optional.of(
          sessions.call(
              RemoteName.segments(path),
              start ->
                  Request.of(
                      out -> start.go(out).getFh(),
                      in -> in.putFh().lookup(start.names().size()).getFh()),
              call));
    } catch (IOException e) {
      return absent(e);
    }
  }

  /** The text of the symbolic link at a path. */
  Optional<String> linkText(String path, Call call) throws StorageException {
    try {
      return Optional.of(
          sessions.call(
              RemoteName.segments(path),
              start ->
                  Request.of(
                      out -> start.go(out).readLink(),
                      in -> in.putFh().lookup(start.names().size()).readLink()),
              call));
    } catch (NfsStatusException e) {
      return e.isAny(Status.INVAL, Status.WRONG_TYPE) ? Optional.empty() : absent(e);
    } catch (IOException e) {
      return absent(e);
    }
  }
}
