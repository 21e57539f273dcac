package io.diskmap;

/** What an entry of a listing is. */
public enum EntryType {
  /** A file. */
  FILE,
  /** A directory; only in a listing of one level. */
  DIRECTORY
}
