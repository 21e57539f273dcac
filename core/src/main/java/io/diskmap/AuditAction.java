package io.diskmap;

/** What an audit record says was done; {@link #label} is fixed. */
public enum AuditAction {
  /** A save in one stream. */
  FILE_UPLOADED_VIA_STREAM("file_uploaded_via_stream"),
  /** A chunked save. */
  FILE_UPLOADED_CHUNKED("file_uploaded_chunked"),
  /** A download. */
  FILE_DOWNLOADED_VIA_STREAM("file_downloaded_via_stream"),
  /** A delete of one file. */
  FILE_DELETED_VIA_API("file_deleted_via_api"),
  /** A delete of all below a prefix. */
  PREFIX_DELETED_VIA_API("prefix_deleted_via_api"),
  /** A clean-up by age. */
  WORKSPACE_CLEANUP("workspace_cleanup"),
  /** A copy. */
  FILE_COPIED("file_copied"),
  /** A move. */
  FILE_MOVED("file_moved"),
  /** A listing or a count. */
  LISTING_READ("listing_read"),
  /** A look at metadata or existence. */
  METADATA_READ("metadata_read"),
  /** A request that was refused before it became an operation. */
  ACCESS_REFUSED("access_refused");

  private final String label;

  AuditAction(String label) {
    this.label = label;
  }

  /** The name in records and queries. */
  public String label() {
    return label;
  }
}
