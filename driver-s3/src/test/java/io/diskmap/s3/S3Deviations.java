package io.diskmap.s3;

import io.diskmap.testkit.contract.Deviation;
import java.util.List;

/** What S3 stores cannot hold, each with its proof. Stateless. */
final class S3Deviations {
  private S3Deviations() {}

  static List<Deviation> s3proxy() {
    return List.of();
  }
}
