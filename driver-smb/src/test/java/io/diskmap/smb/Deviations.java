package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.TestDisk;
import java.util.List;

/** What SMB servers cannot hold of the contract, each with its proof. */
final class Deviations {
  static final Deviation NAME_NOT_DURABLE =
      new Deviation(
          "S6:name",
          "SMB has no request that makes a directory durable.",
          disk -> assertThat(disk.capabilities().durability()).isLessThan(Durability.NAME));

  static final Deviation CASE_IS_FOLDED =
      new Deviation(
          "P2:case",
          "The share does not tell upper from lower case, so a twin is refused.",
          Deviations::aTwinIsRefused);

  static final Deviation LONG_NAMES_GROW =
      new Deviation(
          "P1:stored-length",
          "Characters that SMB does not take are stored as longer ones.",
          Deviations::aMappedNameIsTooLong);

  /** The deviations of a Samba server. */
  static final List<Deviation> SAMBA = List.of(NAME_NOT_DURABLE, CASE_IS_FOLDED, LONG_NAMES_GROW);

  private Deviations() {}

  private static void aTwinIsRefused(TestDisk disk) throws Exception {
    disk.save("dir/file", "lower");
    assertThat(disk.capabilities().caseSensitive()).isFalse();
    for (String twin : List.of("dir/FILE", "DIR/file", "Dir/other")) {
      assertThat(kindOf(() -> disk.writable().save(twin, Content.of("upper"))))
          .as(twin)
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      assertThat(disk.storage().exists(twin)).as(twin).isFalse();
    }
    assertThat(disk.writable().delete("dir/FILE")).isFalse();
    assertThat(disk.names("")).containsExactly("dir/file");
    assertThat(disk.text("dir/file")).isEqualTo("lower");
  }

  private static void aMappedNameIsTooLong(TestDisk disk) throws Exception {
    String longest = "s".repeat(255);
    disk.save(longest, "fits");
    String mapped = ":" + "s".repeat(254);
    assertThat(kindOf(() -> disk.save(mapped, "too long"))).isEqualTo(ErrorKind.PATH_INVALID);
    disk.save(":" + "s".repeat(250), "fits");
    assertThat(disk.names("")).containsExactly(":" + "s".repeat(250), longest);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static ErrorKind kindOf(Action action) throws Exception {
    try {
      action.run();
    } catch (StorageException e) {
      return e.kind();
    }
    throw new AssertionError("the call succeeded");
  }
}
