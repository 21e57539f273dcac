package io.diskmap.testkit.contract;

import java.util.Map;
import java.util.Set;

/**
 * One clause that a store cannot hold, with a proof that it still cannot.
 *
 * <p>Immutable. It stands in for the tests of the clause: in the place of each runs its proof,
 * which fails as soon as the store behaves. Only the pairs of driver and clause that the contract
 * names are accepted.
 *
 * @param clause the clause or aspect as tests carry it
 * @param reason why the store cannot, in one sentence
 * @param proof shows that it cannot
 */
public record Deviation(String clause, String reason, Proof proof) {
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "memory", Set.of("S6:content", "S6:name"),
          "sshfs", Set.of("S6:name", "S6:content", "S1:replace", "S10", "S3:if-absent", "R3"),
          "smb", Set.of("S6:name", "S10", "P2:case", "P1:stored-length"),
          "s3", Set.of("P3", "C2:atomic-move", "L2", "S3:if-absent", "S3:if-match", "D8"));

  /** Shows that a deviation still occurs. */
  @FunctionalInterface
  public interface Proof {
    /** Throws an {@link AssertionError} where the store now holds the clause. */
    void check(TestDisk disk) throws Exception;
  }

  /** Refuses a deviation that the contract does not allow this driver. */
  void requireAllowed(String driver) {
    if (!ALLOWED.getOrDefault(driver, Set.of()).contains(clause)) {
      throw new AssertionError(
          "The contract allows driver " + driver + " no deviation from " + clause + ".");
    }
  }
}
