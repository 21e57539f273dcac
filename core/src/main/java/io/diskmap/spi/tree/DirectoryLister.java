package io.diskmap.spi.tree;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One directory of a store, as a listing walks it. A cursor uses it from one thread and closes it.
 *
 * <p>Names are single segments as the contract writes them, already mapped back from their stored
 * form (clause P2). {@code .} and {@code ..} are left out; names that begin with {@code .diskmap}
 * may be given and are dropped by the cursor. A name that is present throughout a scan is given at
 * least once.
 */
public interface DirectoryLister extends AutoCloseable {
  /**
   * Gives every name, in any order; none where the directory is gone. May be called repeatedly. A
   * scan that has to begin again on its way tells the sink.
   */
  void scan(EntrySink sink, Call call) throws StorageException;

  /** Looks at one name; empty where it is gone. */
  Optional<TreeEntry> look(String name, Call call) throws StorageException;

  /**
   * Looks at several names at once, in their order; a store that can have several requests in
   * flight overrides it.
   */
  default List<Optional<TreeEntry>> lookAll(List<String> names, Call call) throws StorageException {
    List<Optional<TreeEntry>> found = new ArrayList<>(names.size());
    for (String name : names) {
      found.add(look(name, call));
    }
    return found;
  }

  /** The directory of this name; empty where it is gone or no directory any more. */
  Optional<? extends DirectoryLister> enter(String name, Call call) throws StorageException;

  @Override
  void close();
}
