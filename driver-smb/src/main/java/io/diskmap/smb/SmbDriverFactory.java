package io.diskmap.smb;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/** Makes disks on SMB shares. Thread-safe. */
public final class SmbDriverFactory implements StorageDriverFactory {
  /** Made by the service loader. */
  public SmbDriverFactory() {}

  @Override
  public String name() {
    return "smb";
  }

  @Override
  public OptionTable options() {
    return SmbOptions.TABLE;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return SmbDriver.open(context, SmbOptions.from(context, values));
  }
}
