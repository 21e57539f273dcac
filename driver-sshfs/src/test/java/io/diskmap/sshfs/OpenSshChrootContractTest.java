package io.diskmap.sshfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.NetworkContract;
import io.diskmap.testkit.contract.ProcessContract;
import io.diskmap.testkit.server.NeedsOpenSsh;

/**
 * The contract over an OpenSSH server, as a user who is confined by chroot and logs in by password.
 */
@NeedsOpenSsh
@NeedsRoot
class OpenSshChrootContractTest implements NetworkContract, ProcessContract {
  @Override
  public DriverHarness harness() {
    return SshHarness.chroot();
  }
}
