package io.diskmap.local;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.ReadOnlyContract;
import io.diskmap.testkit.contract.ReadOnlyHarness;
import java.nio.file.Path;

/** A directory whose disk says that it is only read. */
class LocalReadOnlyContractTest implements ReadOnlyContract {
  @Override
  public DriverHarness harness() {
    return new ReadOnlyHarness(
        new LocalHarness(Path.of(System.getProperty("java.io.tmpdir")), "plain"));
  }
}
