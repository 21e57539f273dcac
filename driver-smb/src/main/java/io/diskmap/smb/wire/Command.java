package io.diskmap.smb.wire;

/** The commands that the driver sends after the log-in. */
enum Command {
  TREE_CONNECT(3),
  CREATE(5),
  CLOSE(6),
  FLUSH(7),
  READ(8),
  WRITE(9),
  IOCTL(11),
  ECHO(13),
  QUERY_DIRECTORY(14),
  QUERY_INFO(16),
  SET_INFO(17);

  private final int code;

  Command(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
