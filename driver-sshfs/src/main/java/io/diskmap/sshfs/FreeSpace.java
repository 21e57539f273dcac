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
  private static final long LITTLE = 512 * 1024;

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

  /** Whether a failed write is explained by it. */
  boolean isUsedUp() {
    return freeBytes < LITTLE || (files > 0 && freeFiles == 0);
  }
}
