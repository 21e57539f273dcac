package io.diskmap.http.client;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/**
 * Makes disks that live on a services server, under the driver name {@code remote-http}. Found by
 * the service loader; thread-safe. Opening a disk makes no connection, so that a server that is
 * down stops only the calls that need it.
 */
public final class RemoteHttpDriverFactory implements StorageDriverFactory {
  /** Made by the service loader. */
  public RemoteHttpDriverFactory() {}

  @Override
  public String name() {
    return "remote-http";
  }

  @Override
  public OptionTable options() {
    return RemoteHttpOptions.TABLE;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return new RemoteHttpDriver(context, RemoteHttpOptions.from(context, values));
  }
}
