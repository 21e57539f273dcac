package io.diskmap.nfs;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/** Makes disks on NFSv4 exports. Thread-safe. */
public final class NfsDriverFactory implements StorageDriverFactory {
  /** Made by the service loader. */
  public NfsDriverFactory() {}

  @Override
  public String name() {
    return "nfs";
  }

  @Override
  public OptionTable options() {
    return NfsOptions.TABLE;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return NfsDriver.open(context, NfsOptions.from(context, values));
  }
}
