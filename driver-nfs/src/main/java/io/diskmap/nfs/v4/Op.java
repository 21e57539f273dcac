package io.diskmap.nfs.v4;

/** The numbers of the operations that the client uses. */
public final class Op {
  static final int CLOSE = 4;
  static final int COMMIT = 5;
  static final int CREATE = 6;
  static final int GETATTR = 9;
  static final int GETFH = 10;
  static final int LINK = 11;
  static final int LOOKUP = 15;
  static final int NVERIFY = 17;
  static final int OPEN = 18;
  static final int PUTFH = 22;
  static final int PUTROOTFH = 24;
  static final int READ = 25;
  static final int READDIR = 26;
  static final int READLINK = 27;
  static final int REMOVE = 28;
  static final int RENAME = 29;
  static final int RESTOREFH = 31;
  static final int SAVEFH = 32;
  static final int SECINFO = 33;
  static final int SETATTR = 34;
  static final int VERIFY = 37;
  static final int WRITE = 38;
  static final int BIND_CONN_TO_SESSION = 41;
  static final int EXCHANGE_ID = 42;
  static final int CREATE_SESSION = 43;
  static final int DESTROY_SESSION = 44;
  static final int FREE_STATEID = 45;
  static final int SEQUENCE = 53;
  static final int TEST_STATEID = 55;
  static final int DESTROY_CLIENTID = 57;
  static final int RECLAIM_COMPLETE = 58;
  static final int COPY = 60;
  static final int CLONE = 71;

  private Op() {}

  /** Whether the operation changes something on the server. */
  static boolean isChange(int op) {
    return switch (op) {
      case CLOSE, CREATE, LINK, OPEN, REMOVE, RENAME, SETATTR, WRITE, COPY, CLONE -> true;
      default -> false;
    };
  }

  /** The operation's name. */
  public static String name(int op) {
    return switch (op) {
      case CLOSE -> "CLOSE";
      case COMMIT -> "COMMIT";
      case CREATE -> "CREATE";
      case GETATTR -> "GETATTR";
      case GETFH -> "GETFH";
      case LINK -> "LINK";
      case LOOKUP -> "LOOKUP";
      case NVERIFY -> "NVERIFY";
      case OPEN -> "OPEN";
      case PUTFH -> "PUTFH";
      case PUTROOTFH -> "PUTROOTFH";
      case READ -> "READ";
      case READDIR -> "READDIR";
      case READLINK -> "READLINK";
      case REMOVE -> "REMOVE";
      case RENAME -> "RENAME";
      case RESTOREFH -> "RESTOREFH";
      case SAVEFH -> "SAVEFH";
      case SECINFO -> "SECINFO";
      case SETATTR -> "SETATTR";
      case VERIFY -> "VERIFY";
      case WRITE -> "WRITE";
      case BIND_CONN_TO_SESSION -> "BIND_CONN_TO_SESSION";
      case EXCHANGE_ID -> "EXCHANGE_ID";
      case CREATE_SESSION -> "CREATE_SESSION";
      case DESTROY_SESSION -> "DESTROY_SESSION";
      case FREE_STATEID -> "FREE_STATEID";
      case SEQUENCE -> "SEQUENCE";
      case TEST_STATEID -> "TEST_STATEID";
      case DESTROY_CLIENTID -> "DESTROY_CLIENTID";
      case RECLAIM_COMPLETE -> "RECLAIM_COMPLETE";
      case COPY -> "COPY";
      case CLONE -> "CLONE";
      default -> "operation " + op;
    };
  }
}
