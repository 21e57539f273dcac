package io.diskmap.local;

import io.diskmap.testkit.contract.CallKillContract;
import io.diskmap.testkit.contract.DirectoryContract;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.contract.SwapContract;
import java.nio.file.Path;

/** The contract on the file system of the temporary directory. */
class LocalContractTest
    implements ProcessContract, CallKillContract, DirectoryContract, SwapContract {
  @Override
  public DriverHarness harness() {
    return new LocalHarness(Path.of(System.getProperty("java.io.tmpdir")), "plain");
  }
}
