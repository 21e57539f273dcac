package io.diskmap.spi;

import java.nio.channels.FileChannel;

/**
 * A part of an open local file, which a server can send without a copy.
 *
 * <p>The reader that gave it owns the channel and closes it.
 *
 * @param channel the open file
 * @param offset the first byte
 * @param length how many bytes
 */
public record FileRegion(FileChannel channel, long offset, long length) {}
