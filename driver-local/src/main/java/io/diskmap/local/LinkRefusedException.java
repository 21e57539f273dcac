package io.diskmap.local;

import java.nio.file.FileSystemException;

/** A link stands where the driver follows none, or a name was swapped for another while in use. */
final class LinkRefusedException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  LinkRefusedException(String name) {
    super(name, null, "a link that is not followed");
  }
}
