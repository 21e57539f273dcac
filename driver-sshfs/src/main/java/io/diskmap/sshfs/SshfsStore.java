package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.RemoteStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * A directory tree of an SFTP server in the steps that saves and deletes are made of.
 *
 * <p>Thread-safe. SFTP has no path that follows no links, so each step also looks at every
 * directory of its path, in the same round trip: a link there ends it. A file that was opened is
 * looked at again after the opening, so a link that was swapped in meanwhile is found too. Servers
 * have one code for most failures, and a look tells the reason; a reason that has gone by then,
 * because others work there too, lets the step be tried again.
 */
final class SshfsStore implements RemoteStore {
  private static final int TRIES = 8;

  private final SshfsSessions sessions;
  private final RemoteRoot root;
  private final int fileMode;
  private final int directoryMode;

  SshfsStore(SshfsSessions sessions, RemoteRoot root, int fileMode, int directoryMode) {
    this.sessions = sessions;
    this.root = root;
    this.fileMode = fileMode;
    this.directoryMode = directoryMode;
  }

  RemoteRoot root() {
    return root;
  }

  SshfsSessions sessions() {
    return sessions;
  }

  Batch batch(Call call) throws StorageException {
    call.check();
    return batch(sessions.channel(call), call);
  }

  Batch batch(SftpChannel channel, Call call) {
    return new Batch(channel, root, sessions.waiting(call));
  }

  @Override
  public Optional<RemoteStat> look(String path, Call call) throws StorageException {
    return lookAll(List.of(path), call).get(0);
  }

  @Override
  public List<Optional<RemoteStat>> lookAll(List<String> paths, Call call) throws StorageException {
    Batch batch = batch(call);
    Bundle bundle = batch.bundle();
    List<List<Exchange>> ways = new ArrayList<>();
    for (String path : paths) {
      ways.add(batch.addLooks(bundle, RemoteRoot.parents(path)));
    }
    List<Exchange> looks = batch.addLooks(bundle, paths);
    bundle.send();
    batch.settle(bundle);
    List<Optional<RemoteStat>> found = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      boolean clear = batch.way(ways.get(i)) == RemoteRoot.Way.CLEAR;
      Optional<RemoteStat> stat = Batch.stat(batch.await(looks.get(i)));
      found.add(clear ? stat : Optional.empty());
    }
    return found;
  }

  /** A look at a path, and behind it one at a name of the disk's own. */
  List<Optional<RemoteStat>> lookBeside(String path, String own, Call call)
      throws StorageException {
    Batch batch = batch(call);
    Bundle bundle = batch.bundle();
    List<Exchange> way = batch.addLooks(bundle, RemoteRoot.parents(path));
    Exchange look = batch.addLook(bundle, path);
    Exchange ownLook = batch.addLook(bundle, own);
    bundle.send();
    batch.settle(bundle);
    boolean clear = batch.way(way) == RemoteRoot.Way.CLEAR;
    Optional<RemoteStat> found = Batch.stat(batch.await(look));
    Optional<RemoteStat> ownFound = Batch.stat(batch.await(ownLook));
    return List.of(clear ? found : Optional.empty(), ownFound);
  }

  @Override
  public Begun begin(String staged, String target, String third, Call call)
      throws StorageException {
    Batch batch = batch(call);
    Bundle looks = batch.bundle();
    Exchange targetLook = batch.addLook(looks, target);
    Exchange thirdLook = batch.addLook(looks, third);
    RemoteFile file = create(batch, looks, staged);
    boolean complete = false;
    try {
      Begun begun =
          new Begun(file, Batch.stat(batch.await(targetLook)), Batch.stat(batch.await(thirdLook)));
      complete = true;
      return begun;
    } finally {
      if (!complete) {
        file.close();
      }
    }
  }

  @Override
  public RemoteFile create(String path, Call call) throws StorageException {
    Batch batch = batch(call);
    return create(batch, batch.bundle(), path);
  }

  /** Makes a file; what the bundle holds goes out before. */
  private RemoteFile create(Batch batch, Bundle before, String path) throws StorageException {
    Bundle bundle = before;
    for (int attempt = 1; ; attempt++) {
      Optional<RemoteFile> made = create(batch, bundle, path, attempt == TRIES);
      bundle = batch.bundle();
      if (made.isPresent()) {
        return made.get();
      }
    }
  }

  /** Makes a file; empty where the reason for the server's refusal has gone. */
  private Optional<RemoteFile> create(Batch batch, Bundle bundle, String path, boolean last)
      throws StorageException {
    byte[] absolute = root.absolute(path);
    List<String> parents = RemoteRoot.parents(path);
    List<Exchange> before = batch.addLooks(bundle, parents);
    SftpRequest open =
        SftpRequest.of(Sftp.OPEN, absolute)
            .number(Sftp.READ_FLAG | Sftp.WRITE_FLAG | Sftp.CREATE_FLAG | Sftp.EXCLUSIVE_FLAG);
    putMode(open, fileMode);
    Exchange opened = bundle.add(open);
    List<Exchange> after = batch.addLooks(bundle, parents);
    bundle.send();
    batch.settle(bundle);
    SftpReply reply = batch.await(opened);
    RemoteRoot.Way way;
    RemoteRoot.Way wayAfter;
    boolean looked = false;
    try {
      way = batch.way(before);
      wayAfter = batch.way(after);
      looked = true;
    } finally {
      if (!looked) {
        batch.channel().closeOpened(reply);
      }
    }
    if (!reply.isOk()) {
      Exchange look = batch.send(SftpRequest.of(Sftp.LSTAT, absolute));
      boolean exists = Batch.stat(batch.await(look)).isPresent();
      if (way != RemoteRoot.Way.CLEAR) {
        throw Batch.blocked(way);
      }
      if (reply.status() == Sftp.FAILURE && exists) {
        throw StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.");
      }
      if (reply.status() == Sftp.FAILURE && !last) {
        return Optional.empty();
      }
      throw batch.told(reply);
    }
    SshfsFile file = new SshfsFile(this, path, batch.channel(), reply.handle());
    RemoteRoot.Way worse = way == RemoteRoot.Way.CLEAR ? wayAfter : way;
    if (worse != RemoteRoot.Way.CLEAR) {
      file.close();
      batch.await(batch.send(SftpRequest.of(Sftp.REMOVE, absolute)));
      throw Batch.blocked(worse);
    }
    return Optional.of(file);
  }

  private static void putMode(SftpRequest request, int mode) {
    if (mode < 0) {
      request.number(0);
    } else {
      request.number(Sftp.ATTR_MODE).number(mode);
    }
  }

  @Override
  public RemoteFile open(String path, Call call) throws StorageException {
    return open(path, Sftp.READ_FLAG | Sftp.WRITE_FLAG, call);
  }

  @Override
  public RemoteFile openToRead(String path, Call call) throws StorageException {
    return open(path, Sftp.READ_FLAG, call);
  }

  private RemoteFile open(String path, int flags, Call call) throws StorageException {
    Batch batch = batch(call);
    List<String> parents = new ArrayList<>(RemoteRoot.parents(path));
    Bundle bundle = batch.bundle();
    List<Exchange> before = batch.addLooks(bundle, parents);
    Exchange look = batch.addLook(bundle, path);
    Exchange opened =
        bundle.add(SftpRequest.of(Sftp.OPEN, root.absolute(path)).number(flags).number(0));
    bundle.send();
    batch.settle(bundle);
    boolean taken = false;
    SftpReply reply = batch.await(opened);
    try {
      RemoteRoot.Way way = batch.way(before);
      Optional<RemoteStat> stat = Batch.stat(batch.await(look));
      taken = way == RemoteRoot.Way.CLEAR && stat.filter(RemoteStat::isFile).isPresent();
    } finally {
      if (!taken) {
        batch.channel().closeOpened(reply);
      }
    }
    if (!taken) {
      throw Batch.blocked(RemoteRoot.Way.MISSING);
    }
    return new SshfsFile(this, path, batch.channel(), reply.orThrow().handle());
  }

  @Override
  public boolean makeDirectory(String path, Call call) throws StorageException {
    Batch batch = batch(call);
    byte[] absolute = root.absolute(path);
    RemoteRoot.Way way = batch.way(batch.sendLooks(RemoteRoot.parents(path)));
    if (way != RemoteRoot.Way.CLEAR) {
      throw Batch.blocked(way);
    }
    for (int attempt = 1; ; attempt++) {
      SftpRequest make = SftpRequest.of(Sftp.MKDIR, absolute);
      putMode(make, directoryMode);
      Exchange made = batch.send(make);
      Exchange look = batch.send(SftpRequest.of(Sftp.LSTAT, absolute));
      SftpReply reply = batch.await(made);
      boolean exists = Batch.stat(batch.await(look)).isPresent();
      if (reply.isOk()) {
        return true;
      }
      boolean refused = reply.status() == Sftp.FAILURE;
      if (reply.status() == Sftp.FILE_ALREADY_EXISTS || (refused && exists)) {
        return false;
      }
      if (!refused || attempt == TRIES) {
        throw batch.told(reply);
      }
    }
  }

  @Override
  public void replace(String from, String to, Call call) throws StorageException {
    Batch batch = batch(call);
    SftpExtensions extensions = batch.channel().extensions();
    if (!extensions.has(SftpExtensions.POSIX_RENAME)) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED, "The server has no posix-rename@openssh.com.");
    }
    batch.requireClear(from, to);
    byte[] target = root.absolute(to);
    byte[] source = root.absolute(from);
    for (int attempt = 1; ; attempt++) {
      Exchange renamed =
          batch.send(SftpRequest.extended(SftpExtensions.POSIX_RENAME).text(source).text(target));
      SftpReply reply = batch.await(renamed);
      if (reply.isOk()) {
        return;
      }
      if (reply.status() == Sftp.FAILURE || reply.status() == Sftp.PERMISSION_DENIED) {
        Exchange look = batch.send(SftpRequest.of(Sftp.LSTAT, target));
        if (Batch.stat(batch.await(look)).filter(RemoteStat::isDirectory).isPresent()) {
          throw StorageException.of(
              ErrorKind.PATH_CONFLICT, "A directory stands where the file would be.");
        }
      }
      if (reply.status() != Sftp.FAILURE || attempt == TRIES) {
        throw batch.told(reply);
      }
    }
  }

  @Override
  public void linkNew(String from, String to, Call call) throws StorageException {
    Batch batch = batch(call);
    if (!batch.channel().extensions().has(SftpExtensions.HARDLINK)) {
      throw StorageException.of(ErrorKind.UNSUPPORTED, "The server has no hardlink@openssh.com.");
    }
    batch.requireClear(from, to);
    byte[] source = root.absolute(from);
    byte[] target = root.absolute(to);
    refuseExisting(
        batch,
        target,
        () -> SftpRequest.extended(SftpExtensions.HARDLINK).text(source).text(target));
  }

  @Override
  public void renameNew(String from, String to, Call call) throws StorageException {
    Batch batch = batch(call);
    batch.requireClear(from, to);
    byte[] source = root.absolute(from);
    byte[] target = root.absolute(to);
    refuseExisting(batch, target, () -> SftpRequest.of(Sftp.RENAME, source).text(target));
  }

  private static void refuseExisting(Batch batch, byte[] target, Supplier<SftpRequest> step)
      throws StorageException {
    for (int attempt = 1; ; attempt++) {
      SftpReply reply = batch.await(batch.send(step.get()));
      if (reply.isOk()) {
        return;
      }
      if (reply.status() == Sftp.FAILURE) {
        Exchange look = batch.send(SftpRequest.of(Sftp.LSTAT, target));
        if (Batch.stat(batch.await(look)).isPresent()) {
          throw StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.");
        }
      }
      if (reply.status() != Sftp.FAILURE || attempt == TRIES) {
        throw batch.told(reply);
      }
    }
  }

  /** Marks one name by a random time of access and looks whether the other shows it. */
  @Override
  public boolean isSameFile(String one, String other, Call call) throws StorageException {
    Batch batch = batch(call);
    byte[] first = root.absolute(one);
    Exchange look = batch.send(SftpRequest.of(Sftp.LSTAT, first));
    SftpReply found = batch.await(look);
    if (Batch.stat(found).isEmpty()) {
      return false;
    }
    int modified = (int) lookAgain(batch, first).modified();
    int mark = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    batch
        .await(
            batch.send(
                SftpRequest.of(Sftp.SETSTAT, first)
                    .number(Sftp.ATTR_TIMES)
                    .number(mark)
                    .number(modified)))
        .orThrow();
    SftpReply beside = batch.await(batch.send(SftpRequest.of(Sftp.LSTAT, root.absolute(other))));
    return beside.isOk() && beside.attributes().accessed() == mark;
  }

  private static FileAttributes lookAgain(Batch batch, byte[] path) throws StorageException {
    return batch.await(batch.send(SftpRequest.of(Sftp.LSTAT, path))).attributes();
  }

  @Override
  public boolean remove(String path, Call call) throws StorageException {
    Batch batch = batch(call);
    List<Exchange> parents = batch.sendLooks(RemoteRoot.parents(path));
    if (batch.way(parents) != RemoteRoot.Way.CLEAR) {
      return false;
    }
    SftpReply reply = batch.await(batch.send(SftpRequest.of(Sftp.REMOVE, root.absolute(path))));
    if (reply.status() == Sftp.NO_SUCH_FILE || reply.status() == Sftp.NO_SUCH_PATH) {
      return false;
    }
    if (!reply.isOk()) {
      throw batch.told(reply);
    }
    return true;
  }

  @Override
  public boolean removeDirectory(String path, Call call) throws StorageException {
    Batch batch = batch(call);
    List<Exchange> parents = batch.sendLooks(RemoteRoot.parents(path));
    if (batch.way(parents) != RemoteRoot.Way.CLEAR) {
      return false;
    }
    return batch.await(batch.send(SftpRequest.of(Sftp.RMDIR, root.absolute(path)))).isOk();
  }

  @Override
  public void list(String directory, Visitor visitor, Call call) throws StorageException {
    DirectoryScan.scan(
        this,
        directory,
        (name, raw, attributes) -> {
          if (name != null) {
            visitor.visit(name, attributes.stat());
          }
          return true;
        },
        call);
  }

  /** The text of a link; empty where there is none. */
  Optional<String> linkText(String path, Call call) throws StorageException {
    Batch batch = batch(call);
    SftpReply reply = batch.await(batch.send(SftpRequest.of(Sftp.READLINK, root.absolute(path))));
    if (!reply.isOk()) {
      return Optional.empty();
    }
    reply.expect(Sftp.NAME).number();
    return Optional.of(new String(reply.text(), StandardCharsets.UTF_8));
  }
}
