package io.diskmap.http.server;

import io.diskmap.Checksum;
import io.diskmap.Durability;
import io.diskmap.SaveOptions;
import io.diskmap.WriteCondition;
import io.diskmap.http.protocol.CapabilitiesDocument;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.HeaderText;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Query;
import io.diskmap.http.protocol.TagCondition;
import io.diskmap.http.protocol.Token;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Reads what a save means from its query and headers. Stateless. */
final class SaveParameters {
  private SaveParameters() {}

  /** The options of a save; its length and body are the caller's business. */
  static SaveOptions read(ApiCall call) throws IOException {
    HttpExchange exchange = call.exchange();
    Query query = call.query();
    SaveOptions options = SaveOptions.defaults().withCondition(condition(exchange, query));
    Optional<String> type = exchange.header(Names.CONTENT_TYPE).filter(t -> !isTransport(t));
    try {
      if (type.isPresent()) {
        if (!Token.isMediaType(type.get())) {
          throw Refusal.badRequest("The header Content-Type is not a media type.");
        }
        options = options.withContentType(type.get());
      }
      Optional<Checksum> expected = expected(exchange);
      if (expected.isPresent()) {
        options = options.withExpectedChecksum(expected.get());
      }
      if (query.flag(Names.SHA256, false)) {
        options = options.withSha256();
      }
      if (query.flag(Names.KEEP_CHECKSUM, false)) {
        options = options.withRecordedChecksum();
      }
      Optional<String> attributes = exchange.header(Names.ATTRIBUTES);
      if (attributes.isPresent()) {
        options = options.withAttributes(HeaderText.attributes(attributes.get()));
      }
      Optional<String> durability = query.get(Names.DURABILITY);
      if (durability.isPresent()) {
        options =
            options.withDurability(
                CapabilitiesDocument.constant(Durability.class, durability.get()));
      }
      long hours = query.number(Names.CLEANUP_AFTER_HOURS, 0, -1);
      if (hours >= 0) {
        options = options.withCleanupAfter(Duration.ofHours(hours));
      }
      Optional<String> writeId = query.get(Names.WRITE_ID);
      return writeId.isPresent() ? options.withWriteId(writeId.get()) : options;
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("The options of the save are not valid: " + e.getMessage() + ".");
    }
  }

  /** Whether a content type tells how the body travels and not what it is. */
  static boolean isTransport(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("multipart/")
        || lower.startsWith("application/x-www-form-urlencoded")
        || lower.equals(Names.OCTETS);
  }

  private static WriteCondition condition(HttpExchange exchange, Query query) throws IOException {
    Optional<String> ifNoneMatch = exchange.header(Names.IF_NONE_MATCH);
    Optional<String> ifMatch = exchange.header(Names.IF_MATCH);
    boolean absent = !query.flag(Names.OVERWRITE, true);
    if (ifNoneMatch.isPresent()) {
      if (!TagCondition.parse(ifNoneMatch.get()).any()) {
        throw Refusal.badRequest("A save takes no If-None-Match but *.");
      }
      absent = true;
    }
    if (ifMatch.isEmpty()) {
      return absent ? WriteCondition.ifAbsent() : WriteCondition.none();
    }
    TagCondition wanted = TagCondition.parse(ifMatch.get());
    if (absent || wanted.any() || wanted.tags().size() != 1) {
      throw Refusal.badRequest(
          "A save takes If-Match with one entity tag, and no other condition.");
    }
    return WriteCondition.ifMatch(FileDocument.versionTag(wanted.tags().get(0)));
  }

  private static Optional<Checksum> expected(HttpExchange exchange) throws IOException {
    Digests digests = Digests.NONE;
    for (String header : new String[] {Names.REPR_DIGEST, Names.CONTENT_DIGEST}) {
      Optional<String> value = exchange.header(header);
      if (value.isPresent() && digests.isEmpty()) {
        digests = Digests.parse(value.get());
      }
    }
    if (digests.sha256().isPresent()) {
      return digests.sha256().map(Checksum::sha256);
    }
    return digests.crc32c().map(value -> Checksum.crc32c(value.intValue()));
  }
}
