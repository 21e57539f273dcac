package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Translates every failure of the SDK, once, where it is thrown. Immutable; any thread may use it.
 *
 * <p>The code of the answer decides before its status, because compatible stores agree more on
 * codes.
 */
record S3Errors(String bucket, String region, String endpoint) {

  /** The failure as the core knows it; the call's own end goes first. */
  StorageException translate(Exception failure, Call call) {
    try {
      call.check();
    } catch (StorageException ended) {
      ended.addSuppressed(failure);
      return ended;
    }
    if (failure instanceof AwsServiceException answer) {
      return service(answer);
    }
    return client(failure);
  }

  private StorageException service(AwsServiceException answer) {
    String code =
        answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null
            ? ""
            : answer.awsErrorDetails().errorCode();
    int status = answer.statusCode();
    StorageException.Builder known = byCode(code, answer);
    StorageException.Builder error = known != null ? known : byStatus(status, code);
    Duration after = retryAfter(answer);
    return error.httpStatus(status).retryAfter(after).cause(answer).build();
  }

  private StorageException.@Nullable Builder byCode(String code, AwsServiceException answer) {
    return switch (code) {
      case "NoSuchKey", "NotFound" -> error(ErrorKind.NOT_FOUND, "There is no such file.");
      case "NoSuchUpload" ->
          error(
              ErrorKind.NOT_FOUND,
              "The upload does not exist: it was committed, aborted or swept; begin another.");
      case "NoSuchBucket" ->
          error(
              ErrorKind.PERMISSION_DENIED,
              "The bucket '%s' does not exist at %s; create it, or correct the option bucket."
                  .formatted(bucket, endpoint));
      case "InvalidAccessKeyId" ->
          error(
              ErrorKind.UNAUTHENTICATED,
              "The store does not know the access key; correct the option access_key.");
      case "SignatureDoesNotMatch" ->
          error(
              ErrorKind.UNAUTHENTICATED,
              "The signature is wrong: the secret_key does not belong to the access_key, or the"
                  + " region '%s' is not the bucket's; correct them.".formatted(region));
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "TokenExpired" ->
          error(
              ErrorKind.UNAUTHENTICATED,
              "The temporary credentials have expired or are invalid; get new ones.");
      case "RequestTimeTooSkewed", "RequestExpired" ->
          error(
              ErrorKind.UNAUTHENTICATED,
              "This machine's clock and the store's differ by too much; set the clock (NTP).");
      case "PermanentRedirect",
          "TemporaryRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          error(ErrorKind.UNAUTHENTICATED, wrongRegion(answer));
      case "AccessDenied", "AllAccessDisabled", "AccountProblem" ->
          error(
              ErrorKind.PERMISSION_DENIED,
              "The store refuses this to the access key; ask for the permission on the bucket.");
      case "PreconditionFailed" ->
          error(ErrorKind.PRECONDITION_FAILED, "The file is not the version that was named.");
      case "SlowDown",
          "SlowDownRead",
          "SlowDownWrite",
          "TooManyRequests",
          "RequestLimitExceeded",
          "Throttling",
          "ThrottlingException",
          "BandwidthLimitExceeded" ->
          error(ErrorKind.THROTTLED, "The store asks for fewer requests; try again later.");
      case "ConditionalRequestConflict", "OperationAborted", "InternalError" ->
          error(ErrorKind.UNAVAILABLE, "The store could not finish the request; try again later.");
      case "RequestTimeout" ->
          error(ErrorKind.TIMEOUT, "The store waited too long for the content; try again.");
      case "EntityTooLarge" ->
          error(ErrorKind.TOO_LARGE, "The content is larger than the store allows.");
      case "KeyTooLongError", "KeyTooLong", "XMinioInvalidObjectName", "InvalidURI" ->
          error(ErrorKind.PATH_INVALID, "The store does not hold a key like this path's.");
      case "BadDigest",
          "InvalidDigest",
          "XAmzContentChecksumMismatch",
          "XAmzContentSHA256Mismatch" ->
          error(ErrorKind.CHECKSUM_MISMATCH, "The content was damaged on its way; save it again.");
      case "IncompleteBody" ->
          error(ErrorKind.UNAVAILABLE, "The store received the content in part; try again.");
      case "QuotaExceeded", "QuotaFull", "XMinioAdminBucketQuotaExceeded" ->
          error(ErrorKind.QUOTA_EXCEEDED, "The quota of the bucket or the account is used up.");
      case "XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity" ->
          error(ErrorKind.NO_SPACE, "The store is full.");
      case "InvalidObjectState" ->
          error(
              ErrorKind.UNSUPPORTED,
              "The file is in an archive storage class; restore it in the store first.");
      case "NotImplemented" ->
          error(ErrorKind.UNSUPPORTED, "The store does not implement this request.");
      default -> null;
    };
  }

  private StorageException.Builder byStatus(int status, String code) {
    return switch (status) {
      case 404 -> error(ErrorKind.NOT_FOUND, "There is no such file.");
      case 401 -> error(ErrorKind.UNAUTHENTICATED, "The store does not accept the credentials.");
      case 403 ->
          error(
              ErrorKind.PERMISSION_DENIED,
              "The store refuses the request: the credentials are wrong or lack the permission.");
      case 301, 307 -> error(ErrorKind.UNAUTHENTICATED, wrongRegion(null));
      case 408 -> error(ErrorKind.TIMEOUT, "The store did not get the request in time.");
      case 409 -> error(ErrorKind.UNAVAILABLE, "Another request is under way; try again later.");
      case 412 -> error(ErrorKind.PRECONDITION_FAILED, "The file is not the version named.");
      case 413 -> error(ErrorKind.TOO_LARGE, "The content is larger than the store allows.");
      case 429 -> error(ErrorKind.THROTTLED, "The store asks for fewer requests.");
      case 501 -> error(ErrorKind.UNSUPPORTED, "The store does not implement this request.");
      case 507 -> error(ErrorKind.NO_SPACE, "The store is full.");
      default ->
          status >= 500
              ? error(ErrorKind.UNAVAILABLE, "The store failed; try again later.")
              : error(
                  ErrorKind.UNKNOWN,
                  "The store answered with status %d%s."
                      .formatted(status, code.isEmpty() ? "" : " and code " + code));
    };
  }

  /** A request that was not let through for as long as an exchange may take. */
  static StorageException tooBusy(Exception cause) {
    return StorageException.of(
        ErrorKind.THROTTLED,
        "The store asked for fewer requests for as long as the request could wait; try again"
            + " later.",
        cause);
  }

  private String wrongRegion(@Nullable AwsServiceException answer) {
    String right =
        answer == null || answer.awsErrorDetails() == null
            ? ""
            : answer
                .awsErrorDetails()
                .sdkHttpResponse()
                .firstMatchingHeader("x-amz-bucket-region")
                .orElse("");
    return right.isEmpty()
        ? "The bucket '%s' is not in region '%s'; correct the option region."
            .formatted(bucket, region)
        : "The bucket '%s' is in region '%s', not '%s'; set \"region\": \"%s\"."
            .formatted(bucket, right, region, right);
  }

  private static @Nullable Duration retryAfter(AwsServiceException answer) {
    if (answer.awsErrorDetails() == null || answer.awsErrorDetails().sdkHttpResponse() == null) {
      return null;
    }
    return answer
        .awsErrorDetails()
        .sdkHttpResponse()
        .firstMatchingHeader("Retry-After")
        .filter(text -> text.matches("[0-9]{1,4}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(null);
  }

  private StorageException client(Exception failure) {
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || hasCause(failure, SocketTimeoutException.class)) {
      return error(ErrorKind.TIMEOUT, "The store at %s did not answer in time.".formatted(endpoint))
          .cause(failure)
          .build();
    }
    if (isStale(failure)) {
      return unreachable("the connection broke; try again later", failure);
    }
    String text = String.valueOf(failure.getMessage());
    if (text.contains("Unable to load credentials")) {
      return error(
              ErrorKind.UNAUTHENTICATED,
              "There are no credentials: set access_key and secret_key, a profile, or the AWS"
                  + " environment variables.")
          .cause(failure)
          .build();
    }
    if (text.contains("Unable to load region") || text.contains("Region must be set")) {
      return error(ErrorKind.UNAUTHENTICATED, "There is no region; set the option region.")
          .cause(failure)
          .build();
    }
    if (text.contains("waiting for connection") || text.contains("connection from pool")) {
      return error(
              ErrorKind.UNAVAILABLE,
              "All connections to the store are in use; close downloads that are not read to"
                  + " their end, or raise the option connections.")
          .cause(failure)
          .build();
    }
    if (hasCause(failure, UnknownHostException.class)) {
      return unreachable("its host name is unknown; correct the option endpoint", failure);
    }
    if (hasCause(failure, SSLException.class)) {
      return unreachable("TLS failed; check its certificate and the option ca_file", failure);
    }
    if (neverSent(failure)) {
      return unreachable("it refuses connections; check that it runs", failure);
    }
    if (failure instanceof SdkException || failure instanceof java.io.IOException) {
      return unreachable("the connection broke; try again later", failure);
    }
    return StorageException.of(ErrorKind.UNKNOWN, "The S3 client failed.", failure);
  }

  private StorageException unreachable(String why, Exception cause) {
    return error(ErrorKind.UNAVAILABLE, "The store at %s: %s.".formatted(endpoint, why))
        .cause(cause)
        .build();
  }

  /** Whether the request cannot have reached the store. */
  static boolean neverSent(Throwable failure) {
    return hasCause(failure, ConnectException.class)
        || hasCause(failure, UnknownHostException.class)
        || hasCause(failure, NoRouteToHostException.class);
  }

  /** Whether a pooled connection turned out to be broken, before any answer. */
  static boolean isStale(Throwable failure) {
    return hasCause(failure, S3Lines.Stale.class);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  private static StorageException.Builder error(ErrorKind kind, String sentence) {
    return StorageException.builder(kind, sentence);
  }
}
