package io.diskmap.testkit.contract;

import io.diskmap.testkit.invariant.Descriptor;
import io.diskmap.testkit.invariant.DescriptorLeaks;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.invariant.ThreadLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The threads and descriptors before a test, to find what it leaves behind. For one thread. */
final class Footprint {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DriverHarness harness;
  private final ThreadLeaks threads;
  private final DescriptorLeaks descriptors;

  private Footprint(DriverHarness harness) throws IOException {
    this.harness = harness;
    this.threads = ThreadLeaks.snapshot().ignoring("junit-", "surefire-");
    this.descriptors = DescriptorLeaks.snapshot();
  }

  static Footprint now(DriverHarness harness) throws IOException {
    return new Footprint(harness);
  }

  /** Waits until nothing of the driver is left that was not there before. */
  void requireNothingNew() throws Exception {
    if (!Eventually.within(
        PATIENCE, () -> leakedThreads().isEmpty() && leakedDescriptors().isEmpty())) {
      throw new AssertionError(
          "The test left behind threads %s and descriptors %s"
              .formatted(leakedThreads(), leakedDescriptors()));
    }
  }

  private List<String> leakedThreads() {
    return threads.leaked().stream()
        .map(Thread::getName)
        .filter(name -> !harness.isServerThread(name))
        .toList();
  }

  private List<Descriptor> leakedDescriptors() throws IOException {
    return descriptors.leaked().stream()
        .filter(descriptor -> !harness.isServerFile(descriptor.toString()))
        .toList();
  }
}
