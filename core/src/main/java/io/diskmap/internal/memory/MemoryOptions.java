package io.diskmap.internal.memory;

import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionValues;
import java.time.Clock;

/**
 * What a memory disk is opened with.
 *
 * <p>Immutable.
 *
 * @param disk the disk's name
 * @param capacity how many bytes it holds
 * @param chunkSize how long the chunks of a save are
 * @param clock the store's clock
 */
record MemoryOptions(String disk, long capacity, int chunkSize, Clock clock) {
  static MemoryOptions from(DriverContext context, OptionValues values) {
    boolean bounded = values.optionalText("capacity").isPresent();
    return new MemoryOptions(
        context.disk(),
        bounded ? values.size("capacity") : Long.MAX_VALUE,
        Math.toIntExact(values.size("chunk_size")),
        context.clock());
  }
}
