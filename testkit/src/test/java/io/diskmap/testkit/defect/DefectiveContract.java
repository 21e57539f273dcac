package io.diskmap.testkit.defect;

import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.StorageContract;

/** The contract over the defect that {@link DefectsTest} has planted last; run by it alone. */
class DefectiveContract implements StorageContract {
  static volatile Defect planted = Defect.IF_ABSENT_BY_LOOKING;

  @Override
  public DriverHarness harness() {
    return new DefectiveHarness(planted);
  }
}
