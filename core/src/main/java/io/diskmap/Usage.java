package io.diskmap;

/**
 * How much is stored below a prefix.
 *
 * <p>Immutable.
 *
 * @param files how many
 * @param bytes they have
 */
public record Usage(long files, long bytes) {}
