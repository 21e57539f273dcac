package io.diskmap.sshfs;

import io.diskmap.testkit.contract.DirectoryContract;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.server.NeedsOpenSsh;

/** The contract over an OpenSSH server, logged in by key. */
@NeedsOpenSsh
class OpenSshContractTest implements NetworkContract, ProcessContract, DirectoryContract {
  @Override
  public DriverHarness harness() {
    return SshHarness.plain();
  }
}
