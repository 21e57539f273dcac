package io.diskmap.local;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/**
 * Makes disks of the driver {@code local}: a directory of this machine, or of a mounted file
 * server.
 *
 * <p>Thread-safe; found by the core through the service loader.
 */
public final class LocalDriverFactory implements StorageDriverFactory {
  /** For the service loader. */
  public LocalDriverFactory() {}

  @Override
  public String name() {
    return "local";
  }

  @Override
  public OptionTable options() {
    return LocalOptions.TABLE;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return LocalDriver.open(context, LocalOptions.of(values));
  }
}
