package io.diskmap.smb.wire;

import java.util.Locale;
import java.util.Map;

/** The status codes of the protocol that the driver tells apart. Stateless. */
public final class NtStatus {
  public static final int SUCCESS = 0;
  public static final int PENDING = 0x00000103;
  public static final int BUFFER_OVERFLOW = 0x80000005;
  public static final int NO_MORE_FILES = 0x80000006;
  public static final int STOPPED_ON_SYMLINK = 0x8000002D;
  public static final int NOT_IMPLEMENTED = 0xC0000002;
  public static final int INVALID_INFO_CLASS = 0xC0000003;
  public static final int INVALID_PARAMETER = 0xC000000D;
  public static final int NO_SUCH_DEVICE = 0xC000000E;
  public static final int NO_SUCH_FILE = 0xC000000F;
  public static final int INVALID_DEVICE_REQUEST = 0xC0000010;
  public static final int END_OF_FILE = 0xC0000011;
  public static final int ACCESS_DENIED = 0xC0000022;
  public static final int OBJECT_NAME_INVALID = 0xC0000033;
  public static final int OBJECT_NAME_NOT_FOUND = 0xC0000034;
  public static final int OBJECT_NAME_COLLISION = 0xC0000035;
  public static final int OBJECT_PATH_INVALID = 0xC0000039;
  public static final int OBJECT_PATH_NOT_FOUND = 0xC000003A;
  public static final int OBJECT_PATH_SYNTAX_BAD = 0xC000003B;
  public static final int SHARING_VIOLATION = 0xC0000043;
  public static final int QUOTA_EXCEEDED = 0xC0000044;
  public static final int FILE_LOCK_CONFLICT = 0xC0000054;
  public static final int LOCK_NOT_GRANTED = 0xC0000055;
  public static final int NO_LOGON_SERVERS = 0xC000005E;
  public static final int DELETE_PENDING = 0xC0000056;
  public static final int PRIVILEGE_NOT_HELD = 0xC0000061;
  public static final int NO_SUCH_USER = 0xC0000064;
  public static final int WRONG_PASSWORD = 0xC000006A;
  public static final int LOGON_FAILURE = 0xC000006D;
  public static final int ACCOUNT_RESTRICTION = 0xC000006E;
  public static final int INVALID_LOGON_HOURS = 0xC000006F;
  public static final int INVALID_WORKSTATION = 0xC0000070;
  public static final int PASSWORD_EXPIRED = 0xC0000071;
  public static final int ACCOUNT_DISABLED = 0xC0000072;
  public static final int DISK_FULL = 0xC000007F;
  public static final int INSUFFICIENT_RESOURCES = 0xC000009A;
  public static final int MEDIA_WRITE_PROTECTED = 0xC00000A2;
  public static final int IO_TIMEOUT = 0xC00000B5;
  public static final int FILE_IS_A_DIRECTORY = 0xC00000BA;
  public static final int NOT_SUPPORTED = 0xC00000BB;
  public static final int BAD_NETWORK_PATH = 0xC00000BE;
  public static final int NETWORK_BUSY = 0xC00000BF;
  public static final int NETWORK_NAME_DELETED = 0xC00000C9;
  public static final int NETWORK_ACCESS_DENIED = 0xC00000CA;
  public static final int BAD_NETWORK_NAME = 0xC00000CC;
  public static final int REQUEST_NOT_ACCEPTED = 0xC00000D0;
  public static final int NOT_SAME_DEVICE = 0xC00000D4;
  public static final int DIRECTORY_NOT_EMPTY = 0xC0000101;
  public static final int NOT_A_DIRECTORY = 0xC0000103;
  public static final int NAME_TOO_LONG = 0xC0000106;
  public static final int FILES_OPEN = 0xC0000107;
  public static final int TOO_MANY_OPENED_FILES = 0xC000011F;
  public static final int CANCELLED = 0xC0000120;
  public static final int CANNOT_DELETE = 0xC0000121;
  public static final int FILE_DELETED = 0xC0000123;
  public static final int FILE_CLOSED = 0xC0000128;
  public static final int LOGON_TYPE_NOT_GRANTED = 0xC000015B;
  public static final int TRUST_FAILURE = 0xC0000190;
  public static final int ACCOUNT_EXPIRED = 0xC0000193;
  public static final int USER_SESSION_DELETED = 0xC0000203;
  public static final int INSUFF_SERVER_RESOURCES = 0xC0000205;
  public static final int CONNECTION_DISCONNECTED = 0xC000020C;
  public static final int CONNECTION_RESET = 0xC000020D;
  public static final int PASSWORD_MUST_CHANGE = 0xC0000224;
  public static final int NOT_FOUND = 0xC0000225;
  public static final int RETRY = 0xC000022D;
  public static final int ACCOUNT_LOCKED_OUT = 0xC0000234;
  public static final int CONNECTION_ABORTED = 0xC0000241;
  public static final int PATH_NOT_COVERED = 0xC0000257;
  public static final int DFS_UNAVAILABLE = 0xC000026D;
  public static final int VOLUME_DISMOUNTED = 0xC000026E;
  public static final int NOT_A_REPARSE_POINT = 0xC0000275;
  public static final int IO_REPARSE_TAG_NOT_HANDLED = 0xC0000279;
  public static final int NETWORK_SESSION_EXPIRED = 0xC000035C;
  public static final int FILE_TOO_LARGE = 0xC0000904;

  private static final Map<Integer, String> NAMES = names();

  private NtStatus() {}

  /** The name of a status, or its number. */
  public static String name(int status) {
    String known = NAMES.get(status);
    return known != null ? "STATUS_" + known : "0x%08X".formatted(status).toUpperCase(Locale.ROOT);
  }

  /** Whether the request failed; a warning such as a cut answer is no failure. */
  static boolean isError(int status) {
    return status >>> 30 == 3;
  }

  private static Map<Integer, String> names() {
    Map<Integer, String> names = new java.util.HashMap<>();
    for (java.lang.reflect.Field field : NtStatus.class.getFields()) {
      try {
        names.put(field.getInt(null), field.getName());
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("the fields are public", e);
      }
    }
    return Map.copyOf(names);
  }
}
