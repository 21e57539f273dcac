package io.diskmap.sshfs;

import io.diskmap.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * What a server can do beyond SFTP version 3, and how long its packets may be.
 *
 * <p>Immutable.
 *
 * @param names of the extensions it announces
 * @param readBytes how much one READ may ask for
 * @param writeBytes how much one WRITE may carry
 */
record SftpExtensions(Set<String> names, int readBytes, int writeBytes) {
  static final String POSIX_RENAME = "posix-rename@openssh.com";
  static final String HARDLINK = "hardlink@openssh.com";
  static final String FSYNC = "fsync@openssh.com";
  static final String STATVFS = "statvfs@openssh.com";
  static final String LIMITS = "limits@openssh.com";
  static final String COPY_DATA = "copy-data";
  static final SftpExtensions NONE = new SftpExtensions(Set.of(), 32 * 1024, 32 * 1024);
  private static final int MOST = 255 * 1024;

  SftpExtensions {
    names = Set.copyOf(names);
  }

  static SftpExtensions read(SftpReply version) throws StorageException {
    Set<String> names = new HashSet<>();
    while (version.hasMore()) {
      names.add(new String(version.text(), StandardCharsets.UTF_8));
      version.text();
    }
    return new SftpExtensions(names, NONE.readBytes, NONE.writeBytes);
  }

  /** The same with the limits of the server's own answer; without them what every server takes. */
  SftpExtensions withLimits(SftpReply reply) throws StorageException {
    if (reply.type() != Sftp.EXTENDED_REPLY) {
      return this;
    }
    reply.number64();
    long read = reply.number64();
    long write = reply.number64();
    return new SftpExtensions(names, limit(read), limit(write));
  }

  private static int limit(long told) {
    return told <= 0 ? MOST : (int) Math.min(MOST, told);
  }

  boolean has(String name) {
    return names.contains(name);
  }
}
