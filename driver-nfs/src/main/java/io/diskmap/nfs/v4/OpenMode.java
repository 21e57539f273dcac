package io.diskmap.nfs.v4;

/** What an open file is for. */
public enum OpenMode {
  /** Reading only. */
  READ(1),
  /** Reading and writing. */
  READ_WRITE(3);

  private final int access;

  OpenMode(int access) {
    this.access = access;
  }

  int access() {
    return access;
  }
}
