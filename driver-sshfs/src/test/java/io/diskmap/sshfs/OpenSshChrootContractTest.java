package io.diskmap.sshfs;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.StorageContract;

/**
 * The contract over an OpenSSH server, as a user who is confined by chroot and logs in by password.
 */
class OpenSshChrootContractTest implements StorageContract {
  @Override
  public DriverHarness harness() {
    return SshHarness.chroot();
  }
}
