package io.diskmap.smb;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.server.NeedsSamba;
import java.nio.file.Path;

@NeedsSamba
class SambaSmb302ContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return new SmbHarness(Path.of("/dev/shm"), "smb-3.0.2", "", "server max protocol = SMB3_02");
  }
}
