package io.diskmap.http.client;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.HttpDates;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Problem;
import io.diskmap.http.protocol.WireErrors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Response;

/**
 * Turns refusals of the server and failures of the connection into our one exception. Stateless.
 */
final class RemoteHttpErrors {
  private static final long MAX_PROBLEM = 64 * 1024;

  private RemoteHttpErrors() {}

  /** What a reply without success means; reads a bounded part of its body. */
  static StorageException of(Response response) {
    Optional<Duration> retryAfter = retryAfter(response);
    String type = Optional.ofNullable(response.header(Names.CONTENT_TYPE)).orElse("");
    if (response.isRedirect()) {
      return StorageException.builder(
              ErrorKind.UNSUPPORTED,
              "The services server redirects elsewhere, which would show the key to another host;"
                  + " set url to the final address.")
          .httpStatus(response.code())
          .build();
    }
    if (type.startsWith(Names.PROBLEM_JSON)) {
      try {
        byte[] document = response.peekBody(MAX_PROBLEM).bytes();
        return WireErrors.toException(Problem.parse(response.code(), document), retryAfter);
      } catch (IOException cutShort) {
        StorageException bare = WireErrors.fromStatus(response.code(), retryAfter);
        bare.addSuppressed(cutShort);
        return bare;
      }
    }
    return WireErrors.fromStatus(response.code(), retryAfter);
  }

  /** What a failure of the connection means. */
  static StorageException of(IOException failure) {
    if (failure instanceof StorageException known) {
      return known;
    }
    if (failure instanceof MalformedException) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The services server's reply is broken: " + failure.getMessage() + ".",
          failure);
    }
    if (failure instanceof UnknownHostException) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The name of the services server is unknown; check url and the name service.",
          failure);
    }
    if (isNotTrusted(failure)) {
      return StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "The services server's certificate is not trusted or not its own; check url and ca_file.",
          failure);
    }
    if (isBeforeSending(failure)) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The services server cannot be reached; check url and that it runs.",
          failure);
    }
    if (failure instanceof InterruptedIOException
        || failure.getCause() instanceof SocketTimeoutException) {
      return StorageException.of(
          ErrorKind.TIMEOUT, "The services server did not answer in time.", failure);
    }
    return StorageException.of(
        ErrorKind.UNAVAILABLE, "The connection to the services server broke.", failure);
  }

  /** A handshake that is cut fails by the same exception, but for no certificate. */
  private static boolean isNotTrusted(IOException failure) {
    return failure instanceof SSLPeerUnverifiedException
        || failure instanceof SSLHandshakeException
            && failure.getCause() instanceof CertificateException;
  }

  /** Whether a failure is certain to have happened before the request left this machine. */
  static boolean isBeforeSending(IOException failure) {
    return failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof UnknownHostException
        || failure instanceof SSLHandshakeException
        || failure instanceof SSLPeerUnverifiedException;
  }

  private static Optional<Duration> retryAfter(Response response) {
    String header = response.header(Names.RETRY_AFTER);
    if (header == null) {
      return Optional.empty();
    }
    if (header.matches("[0-9]{1,6}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(header)));
    }
    return HttpDates.parse(header)
        .map(instant -> Duration.between(Instant.now(), instant))
        .filter(pause -> !pause.isNegative());
  }
}
