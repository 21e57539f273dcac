package io.diskmap.examples.sharednfs;

/**
 * One note of an instance.
 *
 * <p>Immutable.
 *
 * @param path where it is; notes sort by it in the order in which they were made
 * @param author the instance
 * @param text what it says
 */
record Note(String path, String author, String text) {}
