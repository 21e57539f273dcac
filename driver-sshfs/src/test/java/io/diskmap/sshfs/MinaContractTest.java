package io.diskmap.sshfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;

/** The contract over a server that lacks every extension of OpenSSH. */
class MinaContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return new MinaHarness();
  }
}
