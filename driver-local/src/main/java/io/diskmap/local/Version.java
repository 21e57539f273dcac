package io.diskmap.local;

import io.diskmap.FileMetadata;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import java.time.Instant;

/**
 * One version of a file as a whole: what {@link Attrs} tells, and the time of the last change of
 * any kind.
 *
 * <p>Immutable. The version tag is made of inode, size, time of modification and time of change:
 * the last of these moves with every change and cannot be set back by a program.
 *
 * @param attrs kind, size, identity
 * @param changed the time of the last change of content or attributes
 * @param settled whether another change would surely show another time
 */
record Version(Attrs attrs, Instant changed, boolean settled) {
  VersionTag tag() {
    return new VersionTag(
        Long.toHexString(attrs.inode())
            + '-'
            + Long.toHexString(attrs.size())
            + '-'
            + hex(attrs.modified())
            + '-'
            + hex(changed),
        settled);
  }

  FileMetadata metadata(StoragePath path) {
    return FileMetadata.file(path, attrs.size(), attrs.modified(), tag());
  }

  private static String hex(Instant time) {
    return Long.toHexString(time.getEpochSecond()) + '.' + Integer.toHexString(time.getNano());
  }
}
