package io.diskmap.smb.wire;

/** Tells the statuses by which a server says that a session or its share is no more. Stateless. */
final class SessionEnd {
  private SessionEnd() {}

  static boolean isEnd(int status) {
    return switch (status) {
      case NtStatus.USER_SESSION_DELETED,
          NtStatus.NETWORK_SESSION_EXPIRED,
          NtStatus.NETWORK_NAME_DELETED,
          NtStatus.CONNECTION_DISCONNECTED,
          NtStatus.CONNECTION_RESET,
          NtStatus.CONNECTION_ABORTED ->
          true;
      default -> false;
    };
  }
}
