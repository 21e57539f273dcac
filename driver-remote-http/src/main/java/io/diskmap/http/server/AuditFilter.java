package io.diskmap.http.server;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditQuery;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Query;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the audit page is asked for, in the words of its form. Immutable.
 *
 * @param values the parameters that are given and not empty
 */
record AuditFilter(Map<String, String> values) {
  private static final List<String> NAMES =
      List.of(
          "user", "file", "prefix", "disk", "action", "outcome", "request", "from", "until",
          "after");

  static AuditFilter of(Query query) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : NAMES) {
      query
          .get(name)
          .map(String::strip)
          .filter(value -> !value.isEmpty())
          .ifPresent(value -> values.put(name, value));
    }
    return new AuditFilter(values);
  }

  /** The value as it was typed, or nothing. */
  String value(String name) {
    return values.getOrDefault(name, "");
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** The same with another value, on the first page. */
  AuditFilter with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(values);
    changed.remove("after");
    changed.put(name, value);
    return new AuditFilter(changed);
  }

  /** Only this file. */
  AuditFilter history(String disk, String path) {
    return new AuditFilter(Map.of("disk", disk, "file", path));
  }

  /** The query of a link, with its question mark. */
  String link() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
        .collect(Collectors.joining("&", "?", ""));
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** What the trail is asked. */
  AuditQuery query() throws MalformedException {
    AuditQuery query = AuditQuery.all();
    query = has("user") ? query.withUser(value("user")) : query;
    query = has("file") ? query.withPath(value("file")) : query;
    query = has("prefix") ? query.withPrefix(value("prefix").replaceFirst("/+$", "")) : query;
    query = has("disk") ? query.withDisk(value("disk")) : query;
    query = has("request") ? query.withRequestId(value("request")) : query;
    query = has("after") ? query.withAfter(value("after")) : query;
    if (has("action")) {
      query = query.withAction(action());
    }
    if (has("outcome")) {
      query = query.withOutcome(outcome());
    }
    Optional<Instant> from = moment("from", 0);
    Optional<Instant> until = moment("until", 1);
    query = from.isPresent() ? query.withFrom(from.get()) : query;
    return until.isPresent() ? query.withUntil(until.get()) : query;
  }

  private AuditAction action() throws MalformedException {
    return Arrays.stream(AuditAction.values())
        .filter(action -> action.label().equals(value("action")))
        .findFirst()
        .orElseThrow(() -> new MalformedException("there is no such action"));
  }

  private Outcome outcome() throws MalformedException {
    return Arrays.stream(Outcome.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(value("outcome")))
        .findFirst()
        .orElseThrow(() -> new MalformedException("there is no such outcome"));
  }

  /** A day in UTC, at its start or its end, or an instant. */
  private Optional<Instant> moment(String name, int plusDays) throws MalformedException {
    if (!has(name)) {
      return Optional.empty();
    }
    String text = value(name);
    try {
      return Optional.of(
          text.contains("T")
              ? Instant.parse(text)
              : LocalDate.parse(text).plusDays(plusDays).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeException e) {
      throw new MalformedException(name + " is written 2026-03-01 or 2026-03-01T10:00:00Z");
    }
  }
}
