package io.diskmap.cli;

import io.diskmap.ErrorKind;

/** What somebody at a terminal does about each kind of failure. Any thread may call it. */
final class Remedies {
  private Remedies() {}

  /** One clause that begins with a verb. */
  static String of(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> "see what is there with 'diskmap ls'";
      case ALREADY_EXISTS -> "leave --if-absent out to replace it, or choose another name";
      case PRECONDITION_FAILED, CHANGED_DURING_READ -> "somebody changed the file; run it again";
      case PATH_INVALID -> "give a relative path with '/' between its names, as in disk:dir/file";
      case PATH_CONFLICT -> "choose another name: a file and a directory cannot share one";
      case PERMISSION_DENIED -> "ask the owner of the store for the right, or use another account";
      case UNAUTHENTICATED -> "check the API key or password in the configuration";
      case NO_SPACE, QUOTA_EXCEEDED -> "make room ('diskmap du' counts), then run it again";
      case TOO_LARGE -> "see the limits of the store with 'diskmap doctor'";
      case LENGTH_MISMATCH, CHECKSUM_MISMATCH -> "check the source, then run it again";
      case BUSY, THROTTLED, TIMEOUT -> "run it again a little later";
      case READ_ONLY -> "use a disk, key or role that allows the change";
      case UNSUPPORTED -> "leave the option out, or use another disk";
      case UNAVAILABLE -> "check the address and the network; 'diskmap doctor' looks closer";
      case CANCELLED -> "run it again to start over; what was there before still stands";
      case SOURCE_FAILED, LOCAL_IO -> "check the local file, its permissions and the free space";
      case OUTCOME_UNKNOWN -> "look with 'diskmap stat' before repeating it";
      case CLOSED, UNKNOWN -> "run it with --debug for the cause";
    };
  }
}
