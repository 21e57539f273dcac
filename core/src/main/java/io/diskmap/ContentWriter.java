package io.diskmap;

import java.io.IOException;
import java.io.OutputStream;

/** Produces the content of a file for {@link Storage#write}: returning commits, throwing aborts. */
@FunctionalInterface
public interface ContentWriter {
  /** Writes the content; the stream is closed by the caller and used by one thread. */
  void writeTo(OutputStream out) throws IOException;
}
