package io.diskmap.testkit.defect;

import io.diskmap.StorageException;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;
import java.util.ServiceLoader;

/** Makes memory disks with one planted defect each. Thread-safe. */
public final class DefectiveDriverFactory implements StorageDriverFactory {
  /** Made by the service loader. */
  public DefectiveDriverFactory() {}

  private static StorageDriverFactory memory() {
    return ServiceLoader.load(StorageDriverFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(factory -> factory.name().equals("memory"))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public String name() {
    return "defective";
  }

  @Override
  public OptionTable options() {
    return OptionTable.of(Option.text("defect").required()).and(memory().options());
  }

  @Override
  public StorageDriver open(DriverContext context, OptionValues values) throws StorageException {
    return Defect.valueOf(values.text("defect")).plant(memory().open(context, values));
  }
}
