package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;
import java.util.Arrays;
import java.util.HexFormat;

/** The server's opaque name of one file or directory, valid under any path. Immutable. */
public final class FileHandle {
  private static final int MAX_BYTES = 128;

  private final byte[] bytes;

  /** A handle of these bytes. */
  public FileHandle(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  static FileHandle read(XdrReader in) throws XdrException {
    return new FileHandle(in.opaque(MAX_BYTES));
  }

  void write(XdrWriter out) {
    out.opaque(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileHandle that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
