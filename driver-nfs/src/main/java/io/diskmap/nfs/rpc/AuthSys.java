package io.diskmap.nfs.rpc;

import io.diskmap.nfs.xdr.XdrWriter;
import java.util.List;

/**
 * The numbers of a user and its groups, which the server believes (AUTH_SYS). Immutable.
 *
 * @param machine the client's name, for the server's log
 * @param uid of the user
 * @param gid of its first group
 * @param groups further ones, at most 16
 */
public record AuthSys(String machine, int uid, int gid, List<Integer> groups)
    implements Credential {
  /** How many further groups the protocol has room for. */
  public static final int MAX_GROUPS = 16;

  private static final int FLAVOR = 1;

  public AuthSys {
    groups = List.copyOf(groups);
    if (groups.size() > MAX_GROUPS) {
      throw new IllegalArgumentException("AUTH_SYS has room for " + MAX_GROUPS + " groups");
    }
  }

  @Override
  public void write(XdrWriter out) {
    XdrWriter body = new XdrWriter();
    body.int32(0).text(machine).int32(uid).int32(gid);
    body.ints(groups.stream().mapToInt(Integer::intValue).toArray());
    out.int32(FLAVOR).opaque(body.toByteArray()).int32(0).int32(0);
  }
}
