package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A tree of files on a server, in the few steps that saves and deletes are made of.
 *
 * <p>Thread-safe. Paths are relative to the tree's root, with {@code /} between the segments,
 * hidden names included. No method follows a link in a directory of the path: one that meets a link
 * there fails with NOT_FOUND or PERMISSION_DENIED. A broken connection is replaced by the next
 * call. A change that fails with UNAVAILABLE or TIMEOUT may have happened; whoever asked for it
 * settles by looking.
 */
public interface RemoteStore {
  /**
   * One look at a name; empty where nothing stands there, also where a directory above is missing.
   */
  Optional<RemoteStat> look(String path, Call call) throws StorageException;

  /** Several looks; one round trip where the protocol can. */
  default List<Optional<RemoteStat>> lookAll(List<String> paths, Call call)
      throws StorageException {
    List<Optional<RemoteStat>> found = new ArrayList<>();
    for (String path : paths) {
      found.add(look(path, call));
    }
    return found;
  }

  /**
   * The same for names at which a look of the same change has found nothing before, so that a store
   * which doubts such an answer need not ask twice.
   */
  default List<Optional<RemoteStat>> lookAgain(List<String> paths, Call call)
      throws StorageException {
    return lookAll(paths, call);
  }

  /** The content of a small file, at most this much of it; empty where there is none. */
  default Optional<byte[]> readSmall(String path, int limit, Call call) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocate(limit);
    try (RemoteFile file = openToRead(path, call)) {
      file.read(0, bytes, call);
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(Arrays.copyOf(bytes.array(), bytes.position()));
  }

  /**
   * Makes a file, open for reading and writing, that must not exist yet.
   *
   * @throws StorageException ALREADY_EXISTS where something stands there, NOT_FOUND where the
   *     directory is missing, PATH_CONFLICT where a file stands in the place of one
   */
  RemoteFile create(String path, Call call) throws StorageException;

  /**
   * The same with these bytes at its start; one round trip where the protocol can. The bytes stay
   * as they are afterwards, also where it fails.
   */
  default RemoteFile create(String path, ByteBuffer head, Call call) throws StorageException {
    RemoteFile file = create(path, call);
    boolean written = false;
    try {
      file.write(0, head, call);
      written = true;
      return file;
    } finally {
      if (!written) {
        file.close();
      }
    }
  }

  /**
   * Makes the hidden file of a save and looks at what stands at its target and at a third name; one
   * round trip where the protocol can. Where nothing stands at the target, a store that tells the
   * files' ids may leave the third one out and answer that nothing stands there.
   *
   * @throws StorageException as {@link #create}
   */
  default Begun begin(String staged, String target, String third, Call call)
      throws StorageException {
    RemoteFile file = create(staged, call);
    return new Begun(file, look(target, call), look(third, call));
  }

  /**
   * The hidden file of a save, and what stood at two other names then.
   *
   * @param again whether the file was there already, from an earlier attempt of the same save
   */
  record Begun(
      RemoteFile file, Optional<RemoteStat> target, Optional<RemoteStat> third, boolean again) {
    /** A hidden file that was just made. */
    public Begun(RemoteFile file, Optional<RemoteStat> target, Optional<RemoteStat> third) {
      this(file, target, third, false);
    }
  }

  /**
   * Makes a file with all its bytes and ends it, in one round trip, and answers how it is then.
   * Empty, with nothing made, where the protocol takes steps for that, or where these bytes are too
   * many for one.
   *
   * @throws StorageException as {@link #create}; a file that was made stays where anything else
   *     fails
   */
  default Optional<RemoteStat> make(String path, RemoteFile.Completion end, Call call)
      throws StorageException {
    return Optional.empty();
  }

  /** Opens a file for reading and writing; NOT_FOUND where there is none. */
  RemoteFile open(String path, Call call) throws StorageException;

  /** Opens a file for reading only; NOT_FOUND where there is none. */
  RemoteFile openToRead(String path, Call call) throws StorageException;

  /**
   * Makes a directory; false where something stands there.
   *
   * @throws StorageException NOT_FOUND where the directory above is missing
   */
  boolean makeDirectory(String path, Call call) throws StorageException;

  /**
   * Renames a file over what stands there, in one step.
   *
   * @throws StorageException NOT_FOUND where the file or the target's directory is missing,
   *     PATH_CONFLICT where a directory stands at the target, UNSUPPORTED where the server has no
   *     such step
   */
  void replace(String from, String to, Call call) throws StorageException;

  /**
   * Gives a file a further name that must not exist, in one step. Afterwards both names may stand,
   * and the caller removes the first.
   *
   * @throws StorageException ALREADY_EXISTS where something stands there, UNSUPPORTED where the
   *     server has no such step
   */
  void linkNew(String from, String to, Call call) throws StorageException;

  /**
   * Renames a file to a name that nothing has.
   *
   * @throws StorageException ALREADY_EXISTS where something stands there; a server may look and
   *     rename in two steps
   */
  void renameNew(String from, String to, Call call) throws StorageException;

  /**
   * Renames a file to a name that nothing has, without a second attempt; false where the server
   * refuses, for whatever reason, and nothing happened. It is no guard against another saver, for
   * the reason that {@link #renameNew} is none.
   */
  default boolean renameOnce(String from, String to, Call call) throws StorageException {
    return false;
  }

  /** Whether both names stand for one file; only asked after a lost answer to {@link #linkNew}. */
  boolean isSameFile(String one, String other, Call call) throws StorageException;

  /** Removes a file or a link, never what the link leads to; false where nothing stands there. */
  boolean remove(String path, Call call) throws StorageException;

  /** Removes an empty directory; false where it stays, or is gone already. */
  boolean removeDirectory(String path, Call call) throws StorageException;

  /**
   * Shows every name of a directory that is text; nothing where it is missing. While others change
   * the directory a name can be shown twice.
   */
  void list(String directory, Visitor visitor, Call call) throws StorageException;

  /** Sees one name of a directory. */
  @FunctionalInterface
  interface Visitor {
    void visit(String name, RemoteStat stat) throws StorageException;
  }
}
