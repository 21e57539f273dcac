package io.diskmap.s3;

import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryUtils;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.AcquireInitialTokenResponse;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RecordSuccessResponse;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/**
 * A strategy of the client that leaves out what may have happened already: a request that publishes
 * or deletes and has no answer of its own is settled by looking.
 *
 * <p>Thread-safe, as the strategy is.
 */
record S3Retries(RetryStrategy strategy) implements RetryStrategy {
  @Override
  public AcquireInitialTokenResponse acquireInitialToken(AcquireInitialTokenRequest request) {
    return strategy.acquireInitialToken(request);
  }

  @Override
  public RefreshRetryTokenResponse refreshRetryToken(RefreshRetryTokenRequest request) {
    S3Exchange exchange = S3Exchange.current();
    if (exchange != null && !exchange.isRepeatable() && mayHaveHappened(request.failure())) {
      throw new TokenAcquisitionFailedException(
          "the request may have had its effect", request.token(), request.failure());
    }
    return strategy.refreshRetryToken(request);
  }

  /** A store that throttles or refuses the clock has not done what it was asked for. */
  private static boolean mayHaveHappened(Throwable failure) {
    if (failure instanceof SdkServiceException answer) {
      return !RetryUtils.isThrottlingException(answer) && !RetryUtils.isClockSkewException(answer);
    }
    return !S3Errors.neverSent(failure);
  }

  @Override
  public RecordSuccessResponse recordSuccess(RecordSuccessRequest request) {
    return strategy.recordSuccess(request);
  }

  @Override
  public int maxAttempts() {
    return strategy.maxAttempts();
  }

  @Override
  public boolean useClientDefaults() {
    return false;
  }

  @Override
  public Builder<?, ?> toBuilder() {
    return strategy.toBuilder();
  }

  @Override
  public void close() {
    strategy.close();
  }
}
