package io.diskmap.s3;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.server.NeedsCeph;

/** The contract on Ceph's object gateway, where it is installed. */
@NeedsCeph
class CephRgwContractTest implements S3ServerContract {
  @Override
  public DriverHarness harness() {
    try {
      S3Server server = S3Server.rgw();
      return new S3Harness(server, "parents", S3Deviations.rgw(server));
    } catch (Exception e) {
      throw new IllegalStateException("Ceph does not start", e);
    }
  }
}
