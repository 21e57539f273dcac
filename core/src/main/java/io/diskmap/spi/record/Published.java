package io.diskmap.spi.record;

import io.diskmap.Checksum;
import io.diskmap.EntryType;
import io.diskmap.FileMetadata;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.WriteRequest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** What a commit published: enough to repeat its answer. Immutable. */
public record Published(long size, Instant modified, VersionTag tag, List<Checksum> checksums) {
  public static Published of(FileMetadata file) {
    return new Published(file.size(), file.modified(), file.versionTag(), file.checksums());
  }

  /** Writes it as {@link #read} reads it. */
  public void write(DataOutputStream out) throws IOException {
    out.writeLong(size);
    out.writeLong(modified.getEpochSecond());
    out.writeInt(modified.getNano());
    out.writeUTF(tag.value());
    out.writeBoolean(tag.strong());
    RequestText.write(out, checksums);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException when it is damaged
   */
  public static Published read(DataInputStream in) throws IOException {
    return new Published(
        in.readLong(),
        Instant.ofEpochSecond(in.readLong(), in.readInt()),
        new VersionTag(in.readUTF(), in.readBoolean()),
        RequestText.readChecksums(in));
  }

  /** The answer of the commit, for the path and the request of its save. */
  public FileMetadata metadata(StoragePath path, WriteRequest request) {
    return new FileMetadata(
        path,
        EntryType.FILE,
        size,
        modified,
        tag,
        request.contentType(),
        checksums,
        request.attributes());
  }
}
