package io.diskmap.sshfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.server.NeedsOpenSsh;

/** The contract over an OpenSSH server, logged in by key. */
@NeedsOpenSsh
class OpenSshContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return SshHarness.plain();
  }
}
