package io.diskmap.sshfs;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/** Makes disks on SFTP servers. Thread-safe. */
public final class SshfsDriverFactory implements StorageDriverFactory {
  /** Made by the service loader. */
  public SshfsDriverFactory() {}

  @Override
  public String name() {
    return "sshfs";
  }

  @Override
  public OptionTable options() {
    return SshfsOptions.TABLE;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return SshfsDriver.open(context, SshfsOptions.from(values));
  }
}
