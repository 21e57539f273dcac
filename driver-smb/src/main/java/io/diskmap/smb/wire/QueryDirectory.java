package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Asks for the next entries of an open directory, with all their attributes. For one exchange. */
public final class QueryDirectory extends Request<List<QueryDirectory.Entry>> {
  private static final int CLASS = 37;
  private static final byte[] ALL = "*".getBytes(StandardCharsets.UTF_16LE);

  /** One entry; its name is the last one alone. */
  public record Entry(FileInfo info) {}

  private final FileId directory;
  private final boolean restart;
  private final int most;

  /** The entries that fit into this many bytes; the answer is empty behind the last. */
  public QueryDirectory(FileId directory, boolean restart, int most) {
    super(Command.QUERY_DIRECTORY);
    this.directory = directory;
    this.restart = restart;
    this.most = most;
  }

  @Override
  int length() {
    return 32 + ALL.length;
  }

  @Override
  int payload() {
    return most;
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 33).put((byte) CLASS).put((byte) (restart ? 1 : 0)).putInt(0);
    directory.put(out);
    out.putShort((short) (HEADER + 32)).putShort((short) ALL.length).putInt(most).put(ALL);
  }

  @Override
  boolean isAnswer(int status) {
    return status == NtStatus.NO_MORE_FILES
        || status == NtStatus.NO_SUCH_FILE
        || super.isAnswer(status);
  }

  @Override
  List<Entry> decode(ByteBuffer in, int status) throws SmbStatusException {
    List<Entry> entries = new ArrayList<>();
    if (status != NtStatus.SUCCESS) {
      return entries;
    }
    ByteBuffer all = part(in, in.getShort(HEADER + 2) & 0xFFFF, in.getInt(HEADER + 4));
    int at = 0;
    while (at <= all.limit() - 104) {
      entries.add(new Entry(FileInfo.ofEntry(all, at)));
      int next = all.getInt(at);
      if (next <= 0) {
        break;
      }
      at += next;
    }
    return entries;
  }
}
