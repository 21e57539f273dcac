package io.diskmap.internal.memory;

import io.diskmap.spi.DriverContext;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/**
 * Makes disks that live in this process and end with it; each opening is a new, empty disk.
 *
 * <p>Thread-safe. Nothing is durable, which is the driver's one deviation from the contract (clause
 * S6); every other clause holds.
 */
public final class MemoryDriverFactory implements StorageDriverFactory {
  private static final OptionTable OPTIONS =
      OptionTable.of(
          Option.size("capacity")
              .atLeast("0")
              .help(
                  "How many bytes the disk holds, staged ones included; a save beyond that ends in"
                      + " NO_SPACE. Without it the heap is the limit."),
          Option.size("chunk_size")
              .defaultTo("1MiB")
              .between("4KiB", "64MiB")
              .help("How long the chunks of a save are."));

  /** Made by the service loader. */
  public MemoryDriverFactory() {}

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public OptionTable options() {
    return OPTIONS;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) {
    return new MemoryDriver(MemoryOptions.from(context, values));
  }
}
