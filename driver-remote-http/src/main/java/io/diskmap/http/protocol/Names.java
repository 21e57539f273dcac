package io.diskmap.http.protocol;

/** The names of query parameters, headers and media types of the wire contract. */
public final class Names {
  /** The version of this contract; sent on every response, refused when a request asks another. */
  public static final String VERSION = "1";

  // Query parameters.
  public static final String PATH = "path";
  public static final String DISK = "disk";
  public static final String OVERWRITE = "overwrite";
  public static final String WRITE_ID = "write_id";
  public static final String DURABILITY = "durability";
  public static final String SHA256 = "sha256";
  public static final String KEEP_CHECKSUM = "keep_checksum";
  public static final String CLEANUP_AFTER_HOURS = "cleanup_after_hours";
  public static final String KEEP = "keep";
  public static final String MAX_DELETIONS = "max_deletions";
  public static final String PHASE = "phase";
  public static final String SESSION = "session";
  public static final String OFFSET = "offset";
  public static final String SIZE = "size";
  public static final String CHUNK = "chunk";
  public static final String IDLE_SECONDS = "idle_seconds";
  public static final String PREFIX = "prefix";
  public static final String DELIMITER = "delimiter";
  public static final String LIMIT = "limit";
  public static final String CURSOR = "cursor";
  public static final String START_AFTER = "start_after";
  public static final String ALL = "all";
  public static final String DRY_RUN = "dry_run";
  public static final String OLDER_THAN_HOURS = "older_than_hours";
  public static final String DOWNLOAD = "download";

  // Request and response headers.
  public static final String API_KEY = "X-API-Key";
  public static final String AUTHORIZATION = "Authorization";
  public static final String REQUEST_ID = "X-Request-Id";
  public static final String AUDIT_USER = "X-Audit-User";
  public static final String AUDIT_COHORT = "X-Audit-Cohort";
  public static final String AUDIT_FILE_TYPE = "X-Audit-File-Type";
  public static final String PART_OF = "X-Diskmap-Part-Of";
  public static final String READER = "X-Diskmap-Reader";
  public static final String INSTANCE = "X-Diskmap-Instance";
  public static final String AUDIT_CLEANUP = "X-Audit-Cleanup-After";
  public static final String DISKMAP_VERSION = "X-Diskmap-Version";
  public static final String ATTRIBUTES = "X-Diskmap-Attributes";
  public static final String FILE = "X-Diskmap-File";
  public static final String ACCEPT = "Accept";
  public static final String ACCEPT_ENCODING = "Accept-Encoding";
  public static final String ACCEPT_RANGES = "Accept-Ranges";
  public static final String ALLOW = "Allow";
  public static final String CACHE_CONTROL = "Cache-Control";
  public static final String CONNECTION = "Connection";
  public static final String CONTENT_DIGEST = "Content-Digest";
  public static final String CONTENT_DISPOSITION = "Content-Disposition";
  public static final String CONTENT_ENCODING = "Content-Encoding";
  public static final String CONTENT_LENGTH = "Content-Length";
  public static final String CONTENT_RANGE = "Content-Range";
  public static final String CONTENT_TYPE = "Content-Type";
  public static final String CONTENT_TYPE_OPTIONS = "X-Content-Type-Options";
  public static final String ETAG = "ETag";
  public static final String EXPECT = "Expect";
  public static final String IF_MATCH = "If-Match";
  public static final String IF_MODIFIED_SINCE = "If-Modified-Since";
  public static final String IF_NONE_MATCH = "If-None-Match";
  public static final String IF_RANGE = "If-Range";
  public static final String IF_UNMODIFIED_SINCE = "If-Unmodified-Since";
  public static final String LAST_MODIFIED = "Last-Modified";
  public static final String RANGE = "Range";
  public static final String REPR_DIGEST = "Repr-Digest";
  public static final String RETRY_AFTER = "Retry-After";
  public static final String TRANSFER_ENCODING = "Transfer-Encoding";
  public static final String WWW_AUTHENTICATE = "WWW-Authenticate";

  // Media types.
  public static final String JSON = "application/json";
  public static final String NDJSON = "application/x-ndjson";
  public static final String PROBLEM_JSON = "application/problem+json";
  public static final String OCTETS = "application/octet-stream";

  private Names() {}
}
