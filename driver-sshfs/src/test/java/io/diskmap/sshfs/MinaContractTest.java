package io.diskmap.sshfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.StorageContract;

/** The contract over a server that lacks every extension of OpenSSH. */
class MinaContractTest implements StorageContract {
  @Override
  public DriverHarness harness() {
    return new MinaHarness();
  }
}
