package io.diskmap.testkit.contract;

import io.diskmap.Storage;
import io.diskmap.testkit.fault.FaultProxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where one disk of a test keeps its files: what the disk map says about it, and a look behind the
 * driver. For one thread at a time; closing it removes the files.
 */
public interface DiskPlace extends AutoCloseable {
  /**
   * The disk's JSON object in the disk map. Where {@link #proxy} is present it leads through the
   * proxy. Other processes can use it too, but for a disk that lives in one process.
   */
  String json();

  /**
   * The JSON object of another disk on the same files that can change them, where this one can only
   * be read.
   */
  default Optional<String> writableJson() {
    return Optional.empty();
  }

  /**
   * What unfinished saves have left in the store: staged files and their records, by name. Records
   * of finished saves are none.
   */
  List<String> staged(Storage storage) throws Exception;

  /** The directory of this machine that holds the files, where there is one. */
  default Optional<Path> directory() {
    return Optional.empty();
  }

  /** Gives files that a test has put into the directory to the user whom the server acts as. */
  default void adopt() throws Exception {}

  /** The line between driver and server, where there is one. */
  default Optional<FaultProxy> proxy() {
    return Optional.empty();
  }

  /** The hold on the server's process, where it has one that the tests may end. */
  default Optional<ServerControl> server() {
    return Optional.empty();
  }

  @Override
  void close() throws Exception;
}
