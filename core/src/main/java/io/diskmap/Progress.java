package io.diskmap;

import java.util.OptionalLong;

/**
 * How far a transfer is.
 *
 * <p>Immutable.
 *
 * @param bytes moved so far
 * @param total to move, where it is known
 */
public record Progress(long bytes, OptionalLong total) {}
