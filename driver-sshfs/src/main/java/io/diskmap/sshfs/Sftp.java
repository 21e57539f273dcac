package io.diskmap.sshfs;

/** The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02). Constants. */
final class Sftp {
  static final int INIT = 1;
  static final int VERSION = 2;
  static final int OPEN = 3;
  static final int CLOSE = 4;
  static final int READ = 5;
  static final int WRITE = 6;
  static final int LSTAT = 7;
  static final int FSTAT = 8;
  static final int SETSTAT = 9;
  static final int FSETSTAT = 10;
  static final int OPENDIR = 11;
  static final int READDIR = 12;
  static final int REMOVE = 13;
  static final int MKDIR = 14;
  static final int RMDIR = 15;
  static final int REALPATH = 16;
  static final int STAT = 17;
  static final int RENAME = 18;
  static final int READLINK = 19;
  static final int STATUS = 101;
  static final int HANDLE = 102;
  static final int DATA = 103;
  static final int NAME = 104;
  static final int ATTRS = 105;
  static final int EXTENDED = 200;
  static final int EXTENDED_REPLY = 201;

  static final int OK = 0;
  static final int EOF = 1;
  static final int NO_SUCH_FILE = 2;
  static final int PERMISSION_DENIED = 3;
  static final int FAILURE = 4;
  static final int BAD_MESSAGE = 5;
  static final int NO_CONNECTION = 6;
  static final int CONNECTION_LOST = 7;
  static final int OP_UNSUPPORTED = 8;
  static final int NO_SUCH_PATH = 10;
  static final int FILE_ALREADY_EXISTS = 11;
  static final int WRITE_PROTECT = 12;
  static final int NO_SPACE = 14;
  static final int QUOTA_EXCEEDED = 15;
  static final int DIR_NOT_EMPTY = 18;
  static final int NOT_A_DIRECTORY = 19;
  static final int INVALID_FILENAME = 20;

  static final int READ_FLAG = 1;
  static final int WRITE_FLAG = 2;
  static final int CREATE_FLAG = 8;
  static final int EXCLUSIVE_FLAG = 32;

  static final int ATTR_SIZE = 1;
  static final int ATTR_OWNER = 2;
  static final int ATTR_MODE = 4;
  static final int ATTR_TIMES = 8;
  static final int ATTR_EXTENDED = 0x80000000;

  private Sftp() {}
}
