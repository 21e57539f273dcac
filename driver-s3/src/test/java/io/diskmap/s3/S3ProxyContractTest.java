package io.diskmap.s3;

import io.diskmap.testkit.contract.DriverHarness;

/** The contract on S3Proxy, which needs nothing installed. */
class S3ProxyContractTest implements S3ServerContract {
  @Override
  public DriverHarness harness() {
    try {
      S3Server server = S3Server.s3proxy();
      return new S3Harness(
          server, "strict", S3Deviations.s3proxy(server), "\"path_conflicts\":\"strict\"");
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy does not start", e);
    }
  }
}
