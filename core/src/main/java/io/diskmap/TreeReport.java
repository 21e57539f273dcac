package io.diskmap;

/**
 * What the transfer of a tree moved.
 *
 * <p>Immutable.
 *
 * @param files how many
 * @param bytes they have
 * @param skippedLinks links and special files in the tree that were passed over
 */
public record TreeReport(long files, long bytes, long skippedLinks) {}
