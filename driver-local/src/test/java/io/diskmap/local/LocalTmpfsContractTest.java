package io.diskmap.local;

import io.diskmap.testkit.contract.CallKillContract;
import io.diskmap.testkit.contract.DirectoryContract;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.contract.SwapContract;
import java.nio.file.Path;

/** The contract on a file system in memory, which orders and dates its files in another way. */
class LocalTmpfsContractTest
    implements ProcessContract, CallKillContract, DirectoryContract, SwapContract {
  @Override
  public DriverHarness harness() {
    return new LocalHarness(Path.of("/dev/shm"), "plain");
  }
}
