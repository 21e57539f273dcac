package io.diskmap.nfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import java.nio.file.Path;

class NfsTmpfsContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return new NfsHarness(Path.of("/dev/shm"), "tmpfs");
  }
}
