package io.diskmap.local;

/**
 * What tells one file from another as long as it exists, in the text form of the JDK's own key.
 *
 * <p>Immutable.
 *
 * @param device the file system
 * @param inode the file in it
 */
record FileKey(long device, long inode) {
  @Override
  public String toString() {
    return "(dev=" + Long.toHexString(device) + ",ino=" + inode + ')';
  }
}
