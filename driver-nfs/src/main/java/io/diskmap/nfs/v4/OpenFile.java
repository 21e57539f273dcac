package io.diskmap.nfs.v4;

/**
 * A file that the server holds open for this client, reopened when the server has forgotten it.
 *
 * <p>Thread-safe; the state is replaced by {@link NfsClient} alone.
 */
public final class OpenFile {
  private final FileHandle handle;
  private final OpenMode mode;
  private final long owner;
  private volatile StateId state;

  OpenFile(FileHandle handle, OpenMode mode, long owner, StateId state) {
    this.handle = handle;
    this.mode = mode;
    this.owner = owner;
    this.state = state;
  }

  /** The file's handle. */
  public FileHandle handle() {
    return handle;
  }

  /** What the server knows the open by, at this moment. */
  public StateId state() {
    return state;
  }

  OpenMode mode() {
    return mode;
  }

  long owner() {
    return owner;
  }

  void state(StateId fresh) {
    state = fresh;
  }
}
