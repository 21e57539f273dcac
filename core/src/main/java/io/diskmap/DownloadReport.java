package io.diskmap;

/**
 * What {@link Storage#downloadTo} wrote and how far it was verified (clause R4).
 *
 * <p>Immutable.
 *
 * @param metadata of the file that was read
 * @param bytes written
 * @param resumedAt where it went on in a partial file of an earlier attempt; 0 without one
 * @param verified what was compared
 */
public record DownloadReport(
    FileMetadata metadata, long bytes, long resumedAt, Verification verified) {
  /** What was compared. */
  public enum Verification {
    /** The content's checksum with the recorded or expected one. */
    CHECKSUM,
    /** The length only, because no checksum is recorded. */
    LENGTH
  }
}
