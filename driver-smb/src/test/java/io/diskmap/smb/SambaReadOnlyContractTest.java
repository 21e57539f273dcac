package io.diskmap.smb;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.ReadOnlyContract;
import io.diskmap.testkit.server.NeedsSamba;
import java.nio.file.Path;

/** A share that the server lets nobody change; the disk does not say so of itself. */
@NeedsSamba
class SambaReadOnlyContractTest implements ReadOnlyContract {
  @Override
  public DriverHarness harness() {
    return new SmbHarness(Path.of(System.getProperty("java.io.tmpdir")), SmbHarness.READ_ONLY, "");
  }
}
