package io.diskmap.http.contract;

import io.diskmap.testkit.contract.DirectoryContract;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.contract.ServerKillContract;
import io.diskmap.testkit.contract.SwapContract;

class TlsContractTest
    implements DirectoryContract,
        SwapContract,
        ProcessContract,
        NetworkContract,
        ServerKillContract {
  @Override
  public DriverHarness harness() {
    return new RemoteHttpHarness(Door.TLS);
  }
}
