package io.diskmap.s3;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;

/**
 * Makes disks over a bucket of Amazon S3 or a compatible store.
 *
 * <p>Thread-safe. Opening asks the bucket once, so that a wrong bucket, key, region or clock is
 * told there with its remedy.
 */
public final class S3DriverFactory implements StorageDriverFactory {
  /** Made by the service loader. */
  public S3DriverFactory() {}

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public OptionTable options() {
    return S3Options.TABLE;
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return S3Driver.open(context, S3Options.from(values));
  }
}
