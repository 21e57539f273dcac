package io.diskmap;

/**
 * What a return from a save promises about a crash of the store's machine; each includes the one
 * before.
 */
public enum Durability {
  /** Nothing beyond the store's own habit. */
  NONE,
  /** The content is on stable storage before its name appears. */
  CONTENT,
  /** The name is on stable storage too when the save returns. */
  NAME
}
