package io.diskmap.spi;

import io.diskmap.StorageException;

/**
 * Makes the driver of a disk; found with {@link java.util.ServiceLoader}.
 *
 * <p>Thread-safe, with a public constructor without parameters.
 */
public interface StorageDriverFactory {
  /** The name in the disk map. */
  String name();

  /** The options that its disks take, beside the common ones. */
  OptionTable options();

  /**
   * Opens a disk with checked values. It touches the store only as far as a clear first error needs
   * it: a root that is missing or a file is refused here.
   */
  StorageDriver open(DriverContext context, OptionValues values) throws StorageException;
}
