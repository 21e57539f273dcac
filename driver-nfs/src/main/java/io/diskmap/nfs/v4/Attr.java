package io.diskmap.nfs.v4;

/** The numbers of the attributes that the client uses, and sets of them as bitmaps. */
final class Attr {
  static final int TYPE = 1;
  static final int CHANGE = 3;
  static final int SIZE = 4;
  static final int FSID = 8;
  static final int LEASE_TIME = 10;
  static final int RDATTR_ERROR = 11;
  static final int FILEHANDLE = 19;
  static final int FILEID = 20;
  static final int MAXNAME = 29;
  static final int MAXREAD = 30;
  static final int MAXWRITE = 31;
  static final int MODE = 33;
  static final int NUMLINKS = 35;
  static final int OWNER_GROUP = 37;
  static final int SPACE_AVAIL = 42;
  static final int TIME_DELTA = 51;
  static final int TIME_METADATA = 52;
  static final int TIME_MODIFY = 53;
  static final int TIME_MODIFY_SET = 54;

  /** What a version of a file is known by. */
  static final int[] FILE =
      bitmap(TYPE, CHANGE, SIZE, FILEID, MODE, NUMLINKS, TIME_METADATA, TIME_MODIFY);

  /** The same, for each entry of a directory that can be read. */
  static final int[] ENTRY =
      bitmap(TYPE, CHANGE, SIZE, RDATTR_ERROR, FILEID, MODE, NUMLINKS, TIME_METADATA, TIME_MODIFY);

  /** What moves when a file's content does. */
  static final int[] VERSION = bitmap(SIZE, TIME_MODIFY);

  /** What a server tells about itself and a file system. */
  static final int[] SERVER = bitmap(TYPE, LEASE_TIME, MAXNAME, MAXREAD, MAXWRITE, TIME_DELTA);

  private Attr() {}

  static int[] bitmap(int... attributes) {
    int[] words = new int[2];
    for (int each : attributes) {
      words[each / 32] |= 1 << each % 32;
    }
    return words;
  }
}
