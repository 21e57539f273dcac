package io.diskmap.s3;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * The dates of answers. For any thread.
 *
 * <p>Answers of one second have the same text, and reading it costs more than a small request
 * should; so the last one is kept with what it means.
 */
final class S3Date {
  private record Read(String text, Instant at) {}

  private static final AtomicReference<@Nullable Read> LAST = new AtomicReference<>();

  private S3Date() {}

  /** The date that an answer has, none where it has none that can be read. */
  static Optional<Instant> told(SdkHttpResponse answer) {
    return answer.firstMatchingHeader("Date").flatMap(S3Date::read);
  }

  private static Optional<Instant> read(String text) {
    Read last = LAST.get();
    if (last != null && last.text.equals(text)) {
      return Optional.of(last.at);
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      LAST.set(new Read(text, at));
      return Optional.of(at);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
