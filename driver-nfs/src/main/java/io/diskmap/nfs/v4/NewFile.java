package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrWriter;
import java.util.Optional;

/**
 * The attributes that a new file or directory gets. Immutable.
 *
 * @param mode the permission bits
 * @param group by name or number; the server's choice where it is absent
 */
public record NewFile(int mode, Optional<String> group) {
  void write(XdrWriter out) {
    XdrWriter values = new XdrWriter().int32(mode);
    if (group.isPresent()) {
      values.text(group.get());
      out.ints(Attr.bitmap(Attr.MODE, Attr.OWNER_GROUP));
    } else {
      out.ints(Attr.bitmap(Attr.MODE));
    }
    out.opaque(values.toByteArray());
  }
}
