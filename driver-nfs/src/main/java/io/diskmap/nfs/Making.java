package io.diskmap.nfs;

import io.diskmap.StorageException;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.NewFile;
import io.diskmap.nfs.v4.NfsClient;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader.WriteResult;
import io.diskmap.nfs.v4.OpenMode;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.StateId;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Makes a file with its first bytes in one compound. Thread-safe. */
final class Making {
  private record Made(FileHandle handle, StateId state) {}

  private final NfsStore store;

  Making(NfsStore store) {
    this.store = store;
  }

  /** Makes a file that must not exist; one that cannot be filled is removed again. */
  RemoteFile make(String path, ByteBuffer head, Call call) throws StorageException {
    NfsClient client = store.sessions.client();
    long owner = client.takeOwner();
    long acquaintance = client.acquaintance();
    Attempt attempt = new Attempt(RemoteName.of(path), store.options.file(), owner, head);
    try {
      WriteResult written =
          store.sessions.call(
              attempt.name.parents(), start -> attempt.request(client, start), call);
      NfsFile file = attempt.adopt(client, store);
      if (written.count() < head.remaining()) {
        file.write(0, head, call);
      } else {
        file.wrote(head, written, acquaintance);
      }
      return file;
    } catch (NfsStatusException e) {
      if (attempt.made == null) {
        client.giveOwner(owner, e);
      }
      throw attempt.undone(client, store, NfsStore.notMade(e));
    } catch (IOException e) {
      throw attempt.undone(client, store, NfsErrors.of(e));
    }
  }

  /** One file and how far it came. For one thread at a time. */
  private static final class Attempt {
    private final RemoteName name;
    private final NewFile kind;
    private final long owner;
    private final ByteBuffer head;
    private volatile @Nullable Made made;

    Attempt(RemoteName name, NewFile kind, long owner, ByteBuffer head) {
      this.name = name;
      this.kind = kind;
      this.owner = owner;
      this.head = head;
    }

    Request<WriteResult> request(NfsClient client, NfsSessions.Start start) {
      return Request.undoable(
          Request.change(
              out ->
                  start
                      .go(out)
                      .openNew(name.name(), kind, owner)
                      .getFh()
                      .write(StateId.CURRENT, 0, false, head),
              in -> {
                StateId state = in.putFh().lookup(start.names().size()).open();
                made = new Made(in.getFh(), state);
                return in.write();
              }),
          late -> letGo(client));
    }

    private void letGo(NfsClient client) {
      Made late = made;
      if (late != null) {
        client.letGo(late.handle(), late.state(), owner);
      }
    }

    NfsFile adopt(NfsClient client, NfsStore store) {
      Made opened = made;
      if (opened == null) {
        throw new IllegalStateException("no file was made");
      }
      return new NfsFile(
          store, client.adopt(opened.handle(), OpenMode.READ_WRITE, owner, opened.state()), true);
    }

    /** Lets go what was made before the failure. */
    StorageException undone(NfsClient client, NfsStore store, StorageException failure) {
      if (made != null) {
        adopt(client, store).close();
      }
      return failure;
    }
  }
}
