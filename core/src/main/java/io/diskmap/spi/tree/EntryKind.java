package io.diskmap.spi.tree;

/** What a stored name stands for. */
public enum EntryKind {
  /** A regular file, or a link that counts as one. */
  FILE,
  /** A directory that a listing descends into. */
  DIRECTORY,
  /** Anything else: passed over and counted. */
  OTHER,
  /** The store did not say; {@link DirectoryLister#look} tells. */
  UNKNOWN
}
