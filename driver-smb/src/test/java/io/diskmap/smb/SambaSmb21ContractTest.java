package io.diskmap.smb;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.server.NeedsSamba;
import java.nio.file.Path;

@NeedsSamba
class SambaSmb21ContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return new SmbHarness(Path.of("/dev/shm"), "smb-2.1", "", "server max protocol = SMB2_10");
  }
}
