package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Durability;
import io.diskmap.testkit.contract.Deviation;

/** What SFTP servers cannot hold of the contract, each with its proof. */
final class Deviations {
  static final Deviation NAME_NOT_DURABLE =
      new Deviation(
          "S6:name",
          "SFTP has no request that makes a directory durable.",
          disk -> assertThat(disk.capabilities().durability()).isLessThan(Durability.NAME));

  private Deviations() {}
}
