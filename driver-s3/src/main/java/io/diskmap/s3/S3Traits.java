package io.diskmap.s3;

/**
 * What a bucket was found to do.
 *
 * <p>Immutable.
 *
 * @param createOnPut whether a PUT holds {@code If-None-Match: *}
 * @param createOnComplete whether the end of a multipart upload holds it
 * @param matchOnPut whether a PUT holds {@code If-Match}, and in which form
 * @param matchOnComplete whether the end of a multipart upload holds it
 * @param matchOnDelete whether a DELETE holds it
 * @param tagIsMd5 whether the ETag of a single PUT is the content's MD5, so that a part can be
 *     compared
 * @param returnsChecksums whether the service keeps and returns CRC-32C
 * @param versioned whether the bucket keeps old versions
 * @param sortsUtf16 whether listings come in the order of UTF-16 units instead of UTF-8 bytes
 */
record S3Traits(
    boolean createOnPut,
    boolean createOnComplete,
    MatchForm matchOnPut,
    boolean matchOnComplete,
    boolean matchOnDelete,
    boolean tagIsMd5,
    boolean returnsChecksums,
    boolean versioned,
    boolean sortsUtf16) {
  /** How a tag stands in {@code If-Match}. */
  enum MatchForm {
    NONE,
    QUOTED,
    BARE
  }

  /** A bucket that is only read: nothing was tried. */
  static final S3Traits NONE =
      new S3Traits(false, false, MatchForm.NONE, false, false, false, false, false, false);

  /** A tag as the store takes it in a condition. */
  String match(String tag) {
    return matchOnPut == MatchForm.BARE ? tag : S3Probe.quoted(tag);
  }
}
