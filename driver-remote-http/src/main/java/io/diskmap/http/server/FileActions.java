package io.diskmap.http.server;

import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.FileMetadata;
import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.ReportDocument;
import io.diskmap.http.protocol.TagCondition;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The calls whose answer is one small document: exists, metadata, delete, delete_prefix and
 * cleanup. Thread-safe.
 */
final class FileActions {
  private static final long DEFAULT_AGE_HOURS = 4;
  private static final Set<String> DELETE_PARAMETERS =
      Set.of(Names.DISK, Names.PREFIX, Names.ALL, Names.DRY_RUN);
  private static final Set<String> CLEANUP_PARAMETERS =
      Set.of(
          Names.DISK,
          Names.PREFIX,
          Names.OLDER_THAN_HOURS,
          Names.DRY_RUN,
          Names.KEEP,
          Names.MAX_DELETIONS);
  private static final long MAX_AGE_HOURS = 24L * 366 * 100;

  private final LongReply longReply;

  FileActions(LongReply longReply) {
    this.longReply = longReply;
  }

  void exists(ApiCall call) throws IOException {
    StoragePath path = call.path();
    boolean exists = call.storage().exists(path.value());
    Replies.json(call.exchange(), 200, out -> out.writeBooleanField("exists", exists));
  }

  void metadata(ApiCall call) throws IOException {
    StoragePath path = call.path();
    FileMetadata file = call.storage().metadata(path.value());
    UploadAction.describe(call.exchange(), file);
    Replies.json(call.exchange(), 200, out -> FileDocument.write(out, file));
  }

  void delete(ApiCall call) throws IOException {
    call.requireChange();
    StoragePath path = call.path();
    DeleteOptions options = DeleteOptions.defaults();
    Optional<String> ifMatch = call.exchange().header(Names.IF_MATCH);
    if (ifMatch.isPresent()) {
      TagCondition wanted = TagCondition.parse(ifMatch.get());
      if (wanted.any() || wanted.tags().size() != 1) {
        throw Refusal.badRequest("A delete takes If-Match with one entity tag.");
      }
      options = options.withIfMatch(FileDocument.versionTag(wanted.tags().get(0)));
    }
    boolean deleted = call.storage().delete(path.value(), options);
    Replies.json(call.exchange(), 200, out -> out.writeBooleanField("deleted", deleted));
  }

  void deletePrefix(ApiCall call) throws IOException {
    call.requireChange();
    call.query().requireOnly(DELETE_PARAMETERS);
    boolean all = call.query().flag(Names.ALL, false);
    StoragePath prefix = call.prefix();
    if (prefix.isRoot() != all) {
      throw Refusal.badRequest("Give either a prefix, or all=true to delete every file.");
    }
    boolean dryRun = call.query().flag(Names.DRY_RUN, false);
    DeleteOptions options =
        dryRun ? DeleteOptions.defaults().withDryRun() : DeleteOptions.defaults();
    Storage storage = call.storage();
    longReply.answer(
        call,
        200,
        () -> {
          DeleteReport report =
              all ? storage.deleteAll(options) : storage.deletePrefix(prefix.value(), options);
          return out -> ReportDocument.write(out, report);
        });
  }

  void cleanup(ApiCall call) throws IOException {
    call.requireChange();
    call.query().requireOnly(CLEANUP_PARAMETERS);
    StoragePath prefix = call.prefix();
    long hours = call.query().number(Names.OLDER_THAN_HOURS, 0, DEFAULT_AGE_HOURS);
    if (hours > MAX_AGE_HOURS) {
      throw Refusal.badRequest("The parameter older_than_hours is more than a century.");
    }
    CleanupOptions options =
        CleanupOptions.olderThan(Duration.ofHours(hours))
            .withDryRun(call.query().flag(Names.DRY_RUN, false))
            .withKeep(keep(call))
            .withMaxDeletions(call.query().number(Names.MAX_DELETIONS, 1, Long.MAX_VALUE));
    Storage storage = call.storage();
    longReply.answer(
        call,
        200,
        () -> {
          CleanupReport report = storage.cleanup(prefix.value(), options);
          return out -> ReportDocument.write(out, report);
        });
  }

  /** The patterns of what stays, with line feeds between them, which no path holds. */
  private static List<String> keep(ApiCall call) throws Refusal {
    List<String> patterns =
        call.query().get(Names.KEEP).stream()
            .flatMap(String::lines)
            .filter(pattern -> !pattern.isEmpty())
            .toList();
    try {
      CleanupOptions.defaults().withKeep(patterns);
      return patterns;
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("The parameter keep is not valid: " + e.getMessage() + ".");
    }
  }
}
