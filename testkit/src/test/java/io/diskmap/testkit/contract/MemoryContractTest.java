package io.diskmap.testkit.contract;

class MemoryContractTest implements StorageContract {
  @Override
  public DriverHarness harness() {
    return new MemoryHarness();
  }
}
