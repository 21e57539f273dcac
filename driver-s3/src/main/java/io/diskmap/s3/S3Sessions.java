package io.diskmap.s3;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.DriverContext;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The client of a disk, made on first need, and the one place where it is run.
 *
 * <p>Thread-safe. One client serves all calls; closing ends those that are under way.
 */
final class S3Sessions implements AutoCloseable {
  /** How long closing waits for aborted exchanges to leave the line. */
  private static final Duration LEAVING = Duration.ofSeconds(5);

  /** How long one request for content may take at most; its stalls end it earlier. */
  private static final Duration TRANSFER = Duration.ofHours(2);

  private static final int ATTEMPTS = 3;

  private final DriverContext context;
  private final S3Options options;
  private final S3Errors errors;
  private final S3Credentials credentials;
  private final S3Pace pace = new S3Pace();
  private final S3Clock clock = new S3Clock();
  private final S3Exchanges exchanges = new S3Exchanges();
  private final CountDownLatch end = new CountDownLatch(1);
  private final S3Leftovers leftovers = new S3Leftovers(this);
  private final Set<S3Stream> streams = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, named());
  private final S3Http http;
  private final S3Client client;
  private final Optional<S3DirectPut> direct;
  private final AtomicReference<@Nullable S3Presigner> presigner = new AtomicReference<>();

  S3Sessions(DriverContext context, S3Options options) throws StorageException {
    this.context = context;
    this.options = options;
    String endpoint = options.endpoint().map(Object::toString).orElse("Amazon S3");
    this.errors = new S3Errors(options.bucket(), options.region(), endpoint);
    this.credentials = new S3Credentials(options);
    this.timers.setRemoveOnCancelPolicy(true);
    this.http = http();
    Optional<URI> address = options.endpoint().map(uri -> plain() ? unsigned(uri) : uri);
    this.direct = S3DirectPut.of(http, credentials, options, address);
    try {
      this.client = build(address);
    } catch (SdkException e) {
      http.close();
      throw errors.translate(e, Call.unbounded(CallContext.none()));
    }
  }

  private static ThreadFactory named() {
    return task -> {
      Thread thread = new Thread(task, "diskmap-s3-timers");
      thread.setDaemon(true);
      return thread;
    };
  }

  private S3Http http() throws StorageException {
    Duration exchange = context.timeout();
    S3Lines lines = new S3Lines();
    Apache5HttpClient.Builder client =
        Apache5HttpClient.builder()
            .maxConnections(options.connections())
            .connectionTimeout(options.connectTimeout())
            .connectionAcquisitionTimeout(exchange)
            .socketTimeout(exchange)
            .dnsResolver(lines)
            .tcpKeepAlive(true);
    if (options.caFile().isPresent()) {
      client.tlsTrustManagersProvider(S3Trust.of(options.caFile().get()));
    }
    return new S3Http(client.build(), lines, options.connections(), pace, clock, plain());
  }

  private S3Client build(Optional<URI> address) {
    S3ClientBuilder builder =
        S3Client.builder()
            .credentialsProvider(credentials)
            .httpClient(http)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(options.pathStyle())
                    .chunkedEncodingEnabled(false)
                    .expectContinueEnabled(false)
                    .build())
            .overrideConfiguration(
                config ->
                    config
                        .retryStrategy(retries())
                        .apiCallTimeout(context.timeout())
                        .scheduledExecutorService(timers));
    if (options.checksum() == S3Options.ChecksumMode.MD5) {
      builder.addPlugin(LegacyMd5Plugin.create());
    }
    address.ifPresent(builder::endpointOverride);
    if (!options.region().isEmpty()) {
      builder.region(Region.of(options.region()));
    }
    return builder.build();
  }

  /** Whether requests go over plain HTTP without their content in the signature. */
  private boolean plain() {
    return !options.signContent()
        && options.endpoint().map(uri -> "http".equalsIgnoreCase(uri.getScheme())).orElse(false);
  }

  /**
   * The endpoint as the client must see it to leave content out of signatures, which it does for
   * HTTPS only; the HTTP client below sends the requests as they were meant.
   */
  private static URI unsigned(URI uri) {
    String port = ":" + (uri.getPort() < 0 ? 80 : uri.getPort());
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return URI.create("https://" + uri.getHost() + port + path);
  }

  private RetryStrategy retries() {
    return switch (options.retryMode()) {
      case OFF -> AwsRetryStrategy.doNotRetry();
      case STANDARD ->
          new S3Retries(
              AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(ATTEMPTS).build());
      case ADAPTIVE ->
          new S3Retries(
              AwsRetryStrategy.adaptiveRetryStrategy().toBuilder().maxAttempts(ATTEMPTS).build());
    };
  }

  /** Runs the client on behalf of a call, whose end ends it; a refused key is read again once. */
  <T> T run(Call call, Function<S3Client, T> action) throws StorageException {
    return run(call, exchanges, action);
  }

  /**
   * The same, ended by others too. A store that asks for fewer requests is asked again, at the pace
   * that it wants, until the time of an exchange is over.
   */
  <T> T run(Call call, S3Exchanges owner, Function<S3Client, T> action) throws StorageException {
    long start = System.nanoTime();
    boolean refreshed = false;
    while (true) {
      try {
        return once(call, owner, action);
      } catch (StorageException e) {
        if (e.kind() == ErrorKind.UNAUTHENTICATED && !refreshed && credentials.refresh()) {
          refreshed = true;
          continue;
        }
        boolean inTime = System.nanoTime() - start < context.timeout().toNanos();
        if (e.kind() != ErrorKind.THROTTLED || !inTime || owner.isEnded()) {
          throw e;
        }
        e.retryAfter().ifPresent(pace::rest);
      }
    }
  }

  /** Saves a whole object, and gives the answer's head. */
  SdkHttpResponse put(Call call, PutObjectRequest put, Chunk content) throws StorageException {
    return run(
        call,
        client ->
            direct.isPresent()
                ? direct.get().send(client, put, content)
                : S3DirectPut.byClient(client, put, content));
  }

  private <T> T once(Call call, S3Exchanges owner, Function<S3Client, T> action)
      throws StorageException {
    requireOpen();
    call.check();
    try (S3Exchange own = S3Exchange.begin(call, owner);
        S3Exchange all = owner == exchanges ? own : S3Exchange.begin(call, exchanges)) {
      return action.apply(client);
    } catch (SdkException e) {
      requireOpen();
      StorageException failure = errors.translate(e, call);
      if (e instanceof ApiCallTimeoutException && pace.isSlow() && !call.isEnded()) {
        throw S3Errors.tooBusy(e);
      }
      if (isUntold(failure)) {
        throw told(failure, call);
      }
      throw failure;
    } catch (IllegalStateException | RejectedExecutionException e) {
      requireOpen();
      throw errors.translate(e, call);
    }
  }

  /** Whether the answer had no body to say why, as answers to HEAD. */
  private static boolean isUntold(StorageException failure) {
    return switch (failure.httpStatus().orElse(0)) {
      case 403 -> failure.sentence().startsWith("The store refuses the request");
      case 503 -> failure.sentence().startsWith("The store failed");
      default -> false;
    };
  }

  /** The reason that the store gives to a request whose answer has a body. */
  private StorageException told(StorageException untold, Call call) {
    try (S3Exchange exchange = S3Exchange.begin(call, exchanges)) {
      client.listObjectsV2(probeListing());
      return untold;
    } catch (SdkException e) {
      if (e instanceof ApiCallTimeoutException && pace.isSlow() && !call.isEnded()) {
        return S3Errors.tooBusy(e);
      }
      StorageException reason = errors.translate(e, call);
      boolean tells = reason.httpStatus().isPresent() || reason.kind() == ErrorKind.TIMEOUT;
      return tells ? reason : untold;
    }
  }

  ListObjectsV2Request probeListing() {
    return ListObjectsV2Request.builder()
        .bucket(options.bucket())
        .prefix(options.root())
        .maxKeys(1)
        .build();
  }

  /** What a request that moves content is given instead of the time limit of an exchange. */
  static AwsRequestOverrideConfiguration transfer() {
    return AwsRequestOverrideConfiguration.builder().apiCallTimeout(TRANSFER).build();
  }

  /** The failure of a stream that is being read. */
  StorageException broken(Exception failure, Call call) {
    return exchanges.isEnded() ? closed(null) : errors.translate(failure, call);
  }

  /** A call of the driver's own, to settle or to clean up what another one left. */
  Call ownCall(Call of) {
    return Call.within(of.context(), context.timeout());
  }

  /** The bodies that are being read, which end with the disk. */
  Set<S3Stream> streams() {
    return streams;
  }

  /** What is removed later. */
  S3Leftovers leftovers() {
    return leftovers;
  }

  boolean isEnded() {
    return exchanges.isEnded();
  }

  /** Waits; true as soon as the disk is closed. */
  boolean endsWithin(Duration time) {
    try {
      return end.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  S3Pace pace() {
    return pace;
  }

  /** The store's clock, as the answers to changes tell it. */
  S3Clock clock() {
    return clock;
  }

  DriverContext context() {
    return context;
  }

  /** Hands a task to the workers; CLOSED where the disk is being closed and they take none. */
  <T extends @Nullable Object> Future<T> submit(Callable<T> task) throws StorageException {
    FutureTask<T> future = new FutureTask<>(task);
    execute(future);
    return future;
  }

  /** The same for a task that answers nothing. */
  void execute(Runnable task) throws StorageException {
    try {
      context.workers().execute(task);
    } catch (RejectedExecutionException closing) {
      throw closed(closing);
    }
  }

  S3Options options() {
    return options;
  }

  /** The maker of presigned URLs, with the credentials and the address of this disk. */
  S3Presigner presigner() throws StorageException {
    requireOpen();
    S3Presigner known = presigner.get();
    if (known != null) {
      return known;
    }
    S3Presigner.Builder builder =
        S3Presigner.builder()
            .credentialsProvider(credentials)
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(options.pathStyle())
                    .chunkedEncodingEnabled(false)
                    .build());
    options.endpoint().ifPresent(builder::endpointOverride);
    if (!options.region().isEmpty()) {
      builder.region(Region.of(options.region()));
    }
    S3Presigner made = builder.build();
    if (!presigner.compareAndSet(null, made)) {
      made.close();
    }
    return presigner();
  }

  void requireOpen() throws StorageException {
    if (exchanges.isEnded()) {
      throw closed(null);
    }
  }

  private static StorageException closed(@Nullable RejectedExecutionException cause) {
    return StorageException.of(ErrorKind.CLOSED, "The S3 disk is closed.", cause);
  }

  @Override
  public void close() {
    exchanges.end();
    end.countDown();
    streams.forEach(S3Stream::abort);
    exchanges.awaitNone(LEAVING);
    timers.shutdownNow();
    S3Presigner signer = presigner.getAndSet(null);
    for (AutoCloseable part :
        signer == null
            ? List.of(client, http, credentials)
            : List.of(client, http, credentials, signer)) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the S3 client does not close", e);
      }
    }
  }
}
