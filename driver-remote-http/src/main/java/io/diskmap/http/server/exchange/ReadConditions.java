package io.diskmap.http.server.exchange;

import io.diskmap.FileMetadata;
import io.diskmap.VersionTag;
import io.diskmap.http.protocol.EntityTag;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.HttpDates;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.RangeHeader;
import io.diskmap.http.protocol.TagCondition;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The conditions of a read, in the order of RFC 9110, 13.2.2. Immutable.
 *
 * <p>A weak tag proves nothing, so it matches no condition and a read goes on whole.
 *
 * @param ifMatch refuses other versions with 412
 * @param ifNoneMatch answers these versions with 304
 * @param unmodifiedSince refuses later files with 412
 * @param modifiedSince answers earlier files with 304
 * @param range the part that is asked for, where it holds whatever the version
 * @param ifRange the only version of which the part is asked for
 */
record ReadConditions(
    Optional<TagCondition> ifMatch,
    Optional<TagCondition> ifNoneMatch,
    Optional<Instant> unmodifiedSince,
    Optional<Instant> modifiedSince,
    Optional<RangeHeader> range,
    Optional<VersionTag> ifRange) {

  /** Reads the headers. */
  static ReadConditions read(HttpExchange exchange) throws IOException {
    Optional<TagCondition> ifMatch = tags(exchange, Names.IF_MATCH);
    Optional<TagCondition> ifNoneMatch = tags(exchange, Names.IF_NONE_MATCH);
    Optional<RangeHeader> range =
        exchange.method().equals("HEAD")
            ? Optional.empty()
            : exchange.header(Names.RANGE).flatMap(RangeHeader::parse);
    Optional<String> ifRange = exchange.header(Names.IF_RANGE);
    Optional<VersionTag> onlyVersion = Optional.empty();
    if (range.isPresent() && ifRange.isPresent()) {
      Optional<EntityTag> tag = EntityTag.parse(ifRange.get()).filter(t -> !t.weak());
      if (tag.isPresent()) {
        onlyVersion = Optional.of(FileDocument.versionTag(tag.get()));
      } else {
        range = Optional.empty();
      }
    }
    return new ReadConditions(
        ifMatch,
        ifNoneMatch,
        ifMatch.isPresent() ? Optional.empty() : date(exchange, Names.IF_UNMODIFIED_SINCE),
        ifNoneMatch.isPresent() ? Optional.empty() : date(exchange, Names.IF_MODIFIED_SINCE),
        range,
        onlyVersion);
  }

  /** The one version that the storage shall open, where a single strong tag asks for it. */
  Optional<VersionTag> pinned() throws IOException {
    if (ifMatch.isEmpty() || ifMatch.get().any() || ifMatch.get().tags().size() != 1) {
      return Optional.empty();
    }
    return Optional.of(FileDocument.versionTag(ifMatch.get().tags().get(0)));
  }

  /** Answers 412 or 304 where a condition says so; true lets the read go on. */
  boolean answer(HttpExchange exchange, FileMetadata file) throws IOException {
    EntityTag tag = FileDocument.tag(file.versionTag());
    Instant modified = file.modified().truncatedTo(ChronoUnit.SECONDS);
    if (ifMatch.isPresent() && !ifMatch.get().matchesStrongly(tag)
        || unmodifiedSince.isPresent() && modified.isAfter(unmodifiedSince.get())) {
      throw new Refusal(
          412,
          "precondition-failed",
          "The file is not the version that was asked for",
          "The file has another version; read its metadata.");
    }
    if (ifNoneMatch.isPresent() && ifNoneMatch.get().matchesStrongly(tag)
        || modifiedSince.isPresent() && !modified.isAfter(modifiedSince.get())) {
      exchange.header(Names.ETAG, tag.toString());
      exchange.header(Names.CACHE_CONTROL, "private, no-store");
      exchange.header(Names.LAST_MODIFIED, HttpDates.format(file.modified()));
      Replies.empty(exchange, 304);
      return false;
    }
    return true;
  }

  private static Optional<TagCondition> tags(HttpExchange exchange, String name)
      throws IOException {
    Optional<String> header = exchange.header(name);
    return header.isPresent() ? Optional.of(TagCondition.parse(header.get())) : Optional.empty();
  }

  private static Optional<Instant> date(HttpExchange exchange, String name) throws IOException {
    return exchange.header(name).flatMap(HttpDates::parse);
  }
}
