package io.diskmap.http.contract;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;

class EngineOverMemoryContractTest implements ProcessContract, NetworkContract {
  @Override
  public DriverHarness harness() {
    return new RemoteHttpHarness(RemoteHttpHarness.Door.ENGINE, new MemoryBehind());
  }
}
