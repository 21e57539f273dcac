package io.diskmap.catalog;

/**
 * How much the tasks of one user may hold together.
 *
 * <p>Immutable.
 *
 * @param maxBytes of content
 * @param maxFiles in number
 */
public record Quota(long maxBytes, long maxFiles) {
  public Quota {
    if (maxBytes < 0 || maxFiles < 0) {
      throw new IllegalArgumentException("a quota is not negative");
    }
  }

  /** No limit. */
  public static Quota unlimited() {
    return new Quota(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Whether so much more fits beside what is used. */
  boolean allows(long usedBytes, long usedFiles, long moreBytes, long moreFiles) {
    return moreBytes <= maxBytes - usedBytes && moreFiles <= maxFiles - usedFiles;
  }
}
