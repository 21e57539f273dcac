package io.diskmap.sshfs;

import io.diskmap.StorageException;

/**
 * How full the server's file system is.
 *
 * <p>Immutable.
 *
 * @param freeBytes that the user may still fill
 * @param freeFiles that may still be made
 * @param files how many the file system holds at most, 0 where that is not bounded
 */
record FreeSpace(long freeBytes, long freeFiles, long files) {
  /** File systems keep some space to themselves, and other savers give some back meanwhile. */
  private static final long LITTLE = 512 * 1024;

  private static final long LITTLE_FOR_CONTENT = 64L << 20;

  static FreeSpace read(SftpReply reply) throws StorageException {
    reply.expect(Sftp.EXTENDED_REPLY);
    reply.number64();
    long fragment = reply.number64();
    reply.number64();
    reply.number64();
    long available = reply.number64();
    long files = reply.number64();
    reply.number64();
    long freeFiles = reply.number64();
    return new FreeSpace(available * fragment, freeFiles, files);
  }

  /** Whether it explains that a name could not be made. */
  boolean isUsedUp() {
    return freeBytes < LITTLE || (files > 0 && freeFiles == 0);
  }

  /**
   * Whether it explains that content could not be written, which hardly fails for another reason.
   */
  boolean isUsedUpForContent() {
    return freeBytes < LITTLE_FOR_CONTENT;
  }
}
