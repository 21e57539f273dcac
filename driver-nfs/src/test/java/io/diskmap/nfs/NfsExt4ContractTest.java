package io.diskmap.nfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.server.NeedsGanesha;
import java.nio.file.Path;

@NeedsGanesha
class NfsExt4ContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return new NfsHarness(Path.of(System.getProperty("java.io.tmpdir")), "ext4", 1);
  }
}
