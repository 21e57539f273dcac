package io.diskmap.audit.jdbc;

import io.diskmap.AuditEvent;
import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.ServerRole;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a record says, in the form in which it is stored and hashed. Immutable.
 *
 * <p>Texts are storable as they are: without NUL and lone surrogates, and no longer than their
 * columns. Times are microseconds since 1970.
 */
record Facts(
    String eventId,
    String action,
    String outcome,
    @Nullable String errorKind,
    @Nullable String user,
    @Nullable String cohort,
    String disk,
    String filePath,
    @Nullable String fileType,
    @Nullable Long fileSize,
    String serverRole,
    long streamStart,
    @Nullable Long streamComplete,
    long bytesTransferred,
    @Nullable Long cleanupScheduledFor,
    @Nullable String requestId,
    @Nullable String keyId,
    @Nullable String remoteAddress,
    @Nullable String sha256,
    @Nullable String metadata) {
  /** The most bytes of a path; a valid one has no more than 1024. */
  static final int PATH_BYTES = 1100;

  private static final int TEXT_BYTES = 255;
  private static final int METADATA_BYTES = 900_000;

  static Facts of(AuditEvent event) {
    var context = event.context();
    Map<String, String> more = new TreeMap<>(event.metadata());
    more.putAll(context.details());
    return new Facts(
        Texts.storable(event.eventId(), 64),
        event.action().label(),
        Enums.name(event.outcome()),
        event.errorKind().map(Enum::name).orElse(null),
        text(context.user()),
        text(context.cohort()),
        Texts.storable(event.disk(), 64),
        Texts.storable(event.filePath(), PATH_BYTES),
        text(context.fileType()),
        event.fileSize().isPresent() ? event.fileSize().getAsLong() : null,
        Enums.name(event.serverRole()),
        micros(event.streamStart()),
        event.streamComplete().map(Facts::micros).orElse(null),
        event.bytesTransferred(),
        event.cleanupScheduledFor().map(Facts::micros).orElse(null),
        context.requestId().orElse(null),
        text(context.keyId()),
        text(context.remoteAddress()),
        event.sha256().map(hex -> Texts.storable(hex, 64)).orElse(null),
        more.isEmpty() ? null : Texts.storable(MetadataText.json(more), METADATA_BYTES));
  }

  /** The event that this was made of; all further facts stand in its metadata. */
  AuditEvent toEvent() {
    CallContext context =
        new CallContext(
            Optional.ofNullable(user),
            Optional.ofNullable(cohort),
            Optional.ofNullable(fileType),
            Optional.ofNullable(requestId),
            Optional.ofNullable(keyId),
            Optional.ofNullable(remoteAddress),
            Map.of());
    return new AuditEvent(
        eventId,
        Enums.action(action),
        context,
        disk,
        filePath,
        fileSize == null ? OptionalLong.empty() : OptionalLong.of(fileSize),
        Enums.value(ServerRole.class, serverRole),
        instant(streamStart),
        Optional.ofNullable(streamComplete).map(Facts::instant),
        bytesTransferred,
        Optional.ofNullable(cleanupScheduledFor).map(Facts::instant),
        Enums.value(AuditEvent.Outcome.class, outcome),
        Optional.ofNullable(errorKind).map(kind -> Enums.value(ErrorKind.class, kind)),
        Optional.ofNullable(sha256),
        MetadataText.parse(metadata));
  }

  /** A mark of the chain itself, which is no operation. */
  static Facts mark(String action, String role, long at, String metadata) {
    return new Facts(
        action, action, "ok", null, null, null, "", "", null, null, role, at, at, 0, null, null,
        null, null, null, metadata);
  }

  /** The same operation with another end. */
  Facts ended(String outcomeName, @Nullable String error, long at, @Nullable String newMetadata) {
    return new Facts(
        eventId,
        action,
        outcomeName,
        error,
        user,
        cohort,
        disk,
        filePath,
        fileType,
        fileSize,
        serverRole,
        streamStart,
        at,
        bytesTransferred,
        cleanupScheduledFor,
        requestId,
        keyId,
        remoteAddress,
        sha256,
        newMetadata);
  }

  /** The fixed byte form that is hashed and that the journal keeps. */
  void writeTo(DataOutputStream out) throws IOException {
    text(out, eventId);
    text(out, action);
    text(out, outcome);
    text(out, errorKind);
    text(out, user);
    text(out, cohort);
    text(out, disk);
    text(out, filePath);
    text(out, fileType);
    number(out, fileSize);
    text(out, serverRole);
    out.writeLong(streamStart);
    number(out, streamComplete);
    out.writeLong(bytesTransferred);
    number(out, cleanupScheduledFor);
    text(out, requestId);
    text(out, keyId);
    text(out, remoteAddress);
    text(out, sha256);
    text(out, metadata);
  }

  static Facts readFrom(DataInputStream in) throws IOException {
    return new Facts(
        required(in),
        required(in),
        required(in),
        text(in),
        text(in),
        text(in),
        required(in),
        required(in),
        text(in),
        number(in),
        required(in),
        in.readLong(),
        number(in),
        in.readLong(),
        number(in),
        text(in),
        text(in),
        text(in),
        text(in),
        text(in));
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static @Nullable String text(Optional<String> value) {
    return value.map(given -> Texts.storable(given, TEXT_BYTES)).orElse(null);
  }

  private static void text(DataOutputStream out, @Nullable String value) throws IOException {
    if (value == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void number(DataOutputStream out, @Nullable Long value) throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      out.writeLong(value);
    }
  }

  private static @Nullable String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new IOException("a text of a record is cut off");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String required(DataInputStream in) throws IOException {
    String value = text(in);
    if (value == null) {
      throw new IOException("a text of a record is missing");
    }
    return value;
  }

  private static @Nullable Long number(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readLong() : null;
  }
}
