package io.diskmap.cli;

import io.diskmap.ErrorKind;
import io.diskmap.Secret;
import io.diskmap.audit.jdbc.AuditArchive;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --store}, and what holds without it. One instance serves one run. */
final class AuditStoreOption {
  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = {
        "The directory or JDBC URL of the audit store.",
        "Without it: AUDIT_STORE, the section 'audit' of the disk map,",
        "or the place beside the workspace."
      })
  private @Nullable String store;

  /** The store for reading. */
  AuditArchive open(Diskmap diskmap) {
    String place = place(diskmap);
    try {
      return AuditArchive.open(place);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** The place of a store that is there. */
  String existing(Diskmap diskmap) throws IOException {
    String place = place(diskmap);
    try (AuditArchive archive = open(diskmap)) {
      archive.heads();
    } catch (IOException e) {
      throw unreachable(e);
    }
    return place;
  }

  private static CommandException unreachable(IOException failure) {
    return new CommandException(
        ErrorKind.UNAVAILABLE,
        String.valueOf(failure.getMessage()),
        "name the store with --store DIRECTORY or --store JDBC-URL",
        failure);
  }

  private String place(Diskmap diskmap) {
    if (store != null) {
      return store;
    }
    String variable = diskmap.terminal().environment().apply("AUDIT_STORE");
    if (variable != null && !variable.isBlank()) {
      return variable.strip();
    }
    try (Session session = diskmap.openWithoutAudit()) {
      Secret known =
          session
              .storages()
              .auditStore()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "Neither the disk map nor AUDIT_STORE names an audit store; say"
                              + " --store."));
      return known.reveal();
    }
  }
}
