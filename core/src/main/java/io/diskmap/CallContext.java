package io.diskmap;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf an operation runs; it goes into the audit record and travels to a services
 * server.
 *
 * <p>Immutable. No value may hold a secret.
 *
 * @param user who asked
 * @param cohort the group of patients or work that the file belongs to
 * @param fileType what kind of file it is for the application
 * @param requestId an id that joins the records of one request: 8 to 128 of {@code A-Z a-z 0-9 . _
 *     -}
 * @param keyId the id of the API key, never the key
 * @param remoteAddress where the request came from
 * @param details further facts for the record
 */
public record CallContext(
    Optional<String> user,
    Optional<String> cohort,
    Optional<String> fileType,
    Optional<String> requestId,
    Optional<String> keyId,
    Optional<String> remoteAddress,
    Map<String, String> details) {
  private static final String CLEANUP_AFTER = "cleanup_after";
  private static final CallContext NONE =
      new CallContext(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of());

  public CallContext {
    details = Map.copyOf(details);
    requestId.ifPresent(
        id -> {
          if (!id.matches("[A-Za-z0-9._-]{8,128}")) {
            throw new IllegalArgumentException("a request id is 8 to 128 of A-Z a-z 0-9 . _ -");
          }
        });
    requireDuration(details.get(CLEANUP_AFTER));
  }

  private static void requireDuration(@Nullable String text) {
    try {
      if (text != null && Duration.parse(text).isNegative()) {
        throw new IllegalArgumentException("the time after which a file may go is not negative");
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "the time after which a file may go is written as in PT4H", e);
    }
  }

  /** Nobody in particular. */
  public static CallContext none() {
    return NONE;
  }

  /** This user. */
  public static CallContext ofUser(String user) {
    return NONE.withUser(user);
  }

  /** The same for another user. */
  public CallContext withUser(String value) {
    return new CallContext(
        Optional.of(value), cohort, fileType, requestId, keyId, remoteAddress, details);
  }

  /** The same for another cohort. */
  public CallContext withCohort(String value) {
    return new CallContext(
        user, Optional.of(value), fileType, requestId, keyId, remoteAddress, details);
  }

  /** The same for another type of file. */
  public CallContext withFileType(String value) {
    return new CallContext(
        user, cohort, Optional.of(value), requestId, keyId, remoteAddress, details);
  }

  /** The same with another request id. */
  public CallContext withRequestId(String value) {
    return new CallContext(
        user, cohort, fileType, Optional.of(value), keyId, remoteAddress, details);
  }

  /** The same from this peer: the id of its API key and its address. */
  public CallContext withPeer(String key, String address) {
    return new CallContext(
        user, cohort, fileType, requestId, Optional.of(key), Optional.of(address), details);
  }

  /** The same for files that may go after this time, which their records say. */
  public CallContext withCleanupAfter(Duration value) {
    return withDetail(CLEANUP_AFTER, value.toString());
  }

  /** After what time the files of this call may go, where that is known. */
  public Optional<Duration> cleanupAfter() {
    return Optional.ofNullable(details.get(CLEANUP_AFTER)).map(Duration::parse);
  }

  /** The same with one further fact. */
  public CallContext withDetail(String name, String value) {
    HashMap<String, String> more = new HashMap<>(details);
    more.put(name, value);
    return new CallContext(user, cohort, fileType, requestId, keyId, remoteAddress, more);
  }
}
