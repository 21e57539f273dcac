package io.diskmap.http.client;

import io.diskmap.CallContext;
import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.HeaderText;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Problem;
import io.diskmap.http.protocol.WireErrors;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of one disk with its server: addresses, headers, key, time limits and their end
 * with the call. Thread-safe.
 *
 * <p>An exchange ends when its call is cancelled or past its deadline, or when the calling thread
 * is interrupted; other exchanges on the same pool go on. A connection that failed takes the idle
 * ones with it, so that a server that was restarted is met with fresh ones.
 */
final class RemoteHttpSessions implements AutoCloseable {
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int MAX_DOCUMENT = 8 * 1024 * 1024;

  private final RemoteHttpOptions options;
  private final Map<Endpoint, HttpUrl> addresses;
  private final OkHttpClient client;
  private final WaitWatch watch;
  private final Instances instances = new Instances();
  private final RoundTrips roundTrips = new RoundTrips();
  private volatile @Nullable String key;
  private volatile boolean closed;

  RemoteHttpSessions(RemoteHttpOptions options) throws StorageException {
    this.options = options;
    this.addresses = addresses(options);
    BufferedSockets sockets = new BufferedSockets(options.stallTimeout());
    this.watch = new WaitWatch(sockets::breakStalled);
    try {
      this.client =
          HttpClients.create(
              sockets,
              options.connectTimeout(),
              Math.max(16, 2 * options.parallel()),
              options.authorities());
    } catch (IOException | GeneralSecurityException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The ca_file cannot be used: " + e.getMessage() + ".", e);
    }
  }

  /** The address of a call on this disk, to add parameters to. */
  HttpUrl.Builder address(Endpoint endpoint) {
    return Objects.requireNonNull(addresses.get(endpoint), "every endpoint has one").newBuilder();
  }

  private static Map<Endpoint, HttpUrl> addresses(RemoteHttpOptions options)
      throws StorageException {
    Map<Endpoint, HttpUrl> addresses = new EnumMap<>(Endpoint.class);
    for (Endpoint endpoint : Endpoint.values()) {
      HttpUrl plain = HttpUrl.parse(options.address(endpoint));
      if (plain == null) {
        throw StorageException.of(
            ErrorKind.UNSUPPORTED, "The url is no address of an HTTP server; check its host.");
      }
      HttpUrl ofDisk = plain.newBuilder().addQueryParameter(Names.DISK, options.disk()).build();
      addresses.put(endpoint, ofDisk);
    }
    return addresses;
  }

  /** Which servers have answered. */
  Instances instances() {
    return instances;
  }

  /** Whether an answer takes so long that several exchanges at once are faster than one. */
  boolean isFarAway() {
    return roundTrips.areLong();
  }

  /** A request about one file, with no body yet. */
  Request.Builder request(Endpoint endpoint, StoragePath path) {
    return request(address(endpoint).addQueryParameter(Names.PATH, path.value()));
  }

  /** A request with no body yet. */
  static Request.Builder request(HttpUrl.Builder address) {
    return new Request.Builder().url(address.build());
  }

  /** An empty body for a POST. */
  static RequestBody noBody() {
    return RequestBody.create(new byte[0]);
  }

  /** Makes an exchange whose answer is one document, within the time for one exchange. */
  JsonObject document(Request.Builder request, Call call) throws StorageException {
    return document(request, call, Optional.of(options.timeout()));
  }

  /** Makes an exchange that may take as long as the server shows that it works on it. */
  JsonObject longDocument(Request.Builder request, Call call) throws StorageException {
    return document(request, call, Optional.empty());
  }

  private JsonObject document(Request.Builder request, Call call, Optional<Duration> limit)
      throws StorageException {
    try (Exchange exchange = open(request, call, limit)) {
      try {
        return exchange.document();
      } catch (IOException e) {
        throw exchange.failure(e);
      }
    }
  }

  /** Makes an exchange and hands over its answer, whose body is still to be read. */
  Exchange open(Request.Builder request, Call call, Optional<Duration> limit)
      throws StorageException {
    String sent = key();
    Exchange exchange = new Exchange(withHeaders(request, sent, call.context()), call, limit);
    try {
      exchange.execute();
    } catch (StorageException e) {
      exchange.close();
      if (e.kind() != ErrorKind.UNAUTHENTICATED || !readKeyAgain(sent)) {
        throw e;
      }
      exchange = new Exchange(withHeaders(request, key(), call.context()), call, limit);
      try {
        exchange.execute();
      } catch (StorageException again) {
        exchange.close();
        throw again;
      }
    }
    return exchange;
  }

  /** Ends an upload and removes what is staged; one that is gone is success. */
  void abort(String session, Call call) throws StorageException {
    HttpUrl.Builder address =
        address(Endpoint.UPLOAD_CHUNKED)
            .addQueryParameter(Names.PHASE, "abort")
            .addQueryParameter(Names.SESSION, session);
    Optional<Duration> limit = Optional.of(options.timeout());
    try (Exchange exchange = open(request(address).post(noBody()), call, limit)) {
      exchange.complete();
    }
  }

  private Request withHeaders(Request.Builder request, String sentKey, CallContext context) {
    request.header(Names.API_KEY, sentKey);
    request.header(Names.DISKMAP_VERSION, Names.VERSION);
    request.header(Names.ACCEPT_ENCODING, "identity");
    context.requestId().ifPresent(id -> request.header(Names.REQUEST_ID, id));
    context.user().ifPresent(u -> request.header(Names.AUDIT_USER, HeaderText.encode(u)));
    context.cleanupAfter().ifPresent(d -> request.header(Names.AUDIT_CLEANUP, d.toString()));
    context.cohort().ifPresent(c -> request.header(Names.AUDIT_COHORT, HeaderText.encode(c)));
    context.fileType().ifPresent(t -> request.header(Names.AUDIT_FILE_TYPE, HeaderText.encode(t)));
    return request.build();
  }

  private String key() throws StorageException {
    String value = key;
    if (value == null) {
      value = readKey();
      key = value;
    }
    return value;
  }

  private boolean readKeyAgain(String refused) throws StorageException {
    String value = readKey();
    key = value;
    return !value.equals(refused);
  }

  private String readKey() throws StorageException {
    List<String> live;
    try {
      live = options.apiKey().live();
    } catch (RuntimeException e) {
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED, "The api_key cannot be read: " + e.getMessage(), e);
    }
    if (live.isEmpty() || !live.get(0).chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "The api_key is empty, or holds more than visible ASCII characters; see where it is kept.");
    }
    return live.get(0);
  }

  @Override
  public void close() {
    closed = true;
    HttpClients.close(client);
    watch.close();
  }

  /** One exchange on its way: sent, answered, its body read or given up. For one thread. */
  final class Exchange implements AutoCloseable {
    private final Call call;
    private final okhttp3.Call http;
    private final Cancellation.Registration ending;
    private final OptionalLong latest;
    private volatile boolean late;
    private @Nullable Response response;
    private boolean complete;

    private Exchange(Request request, Call call, Optional<Duration> limit) {
      this.call = call;
      this.http = client.newCall(request);
      this.latest = latest(call, limit);
      this.ending = call.onEnd(http::cancel);
    }

    private static OptionalLong latest(Call call, Optional<Duration> limit) {
      if (limit.isEmpty() && !call.isBounded()) {
        return OptionalLong.empty();
      }
      Duration most = call.remaining(limit.orElse(Duration.ofDays(1)));
      return OptionalLong.of(System.nanoTime() + most.toNanos());
    }

    private void execute() throws StorageException {
      call.check();
      WaitWatch.Entry entry = waiting();
      try {
        long begun = System.nanoTime();
        Response answer = http.execute();
        response = answer;
        instances.saw(answer.header(Names.INSTANCE));
        if (http.request().body() == null) {
          roundTrips.took(System.nanoTime() - begun);
        }
        if (!answer.isSuccessful() && answer.code() != RANGE_NOT_SATISFIABLE) {
          throw RemoteHttpErrors.of(answer);
        }
        String encoding = answer.header(Names.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
          throw StorageException.of(
              ErrorKind.UNSUPPORTED,
              "A proxy before the services server compresses replies; switch that off for it.");
        }
      } catch (StorageException e) {
        throw e;
      } catch (IOException e) {
        throw failure(e);
      } catch (Exception e) {
        throw undeclared(e);
      } finally {
        entry.leave();
      }
    }

    /** OkHttp is written in Kotlin and throws InterruptedException without declaring it. */
    private StorageException undeclared(Exception thrown) {
      if (thrown instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        return failure(new IOException(thrown));
      }
      return StorageException.of(ErrorKind.UNKNOWN, "The HTTP client failed.", thrown);
    }

    /** The answer. */
    Response response() {
      return Objects.requireNonNull(response, "the exchange has no answer");
    }

    /** A header of the answer. */
    Optional<String> header(String name) {
      return Optional.ofNullable(response().header(name));
    }

    /** The body of the answer. */
    ResponseBody body() {
      return response().body();
    }

    /**
     * Guards a wait against an interrupt of this thread and the end of its time; leave it after.
     */
    WaitWatch.Entry waiting() {
      return watch.enter(this::cancel, latest);
    }

    private void cancel() {
      late = latest.isPresent() && System.nanoTime() - latest.getAsLong() > 0;
      http.cancel();
    }

    /** The body as one document; a problem inside it is thrown. */
    JsonObject document() throws IOException {
      WaitWatch.Entry entry = waiting();
      try {
        byte[] octets = body().byteStream().readNBytes(MAX_DOCUMENT);
        complete();
        JsonObject json = JsonObject.parse(octets);
        Optional<JsonObject> problem = json.object("problem");
        if (problem.isPresent()) {
          int status = (int) problem.get().number("status");
          throw WireErrors.toException(
              Problem.parse(status, problem.get()), Optional.<Duration>empty());
        }
        return json;
      } finally {
        entry.leave();
      }
    }

    /** Says that the body was read to its end, so that the connection is kept. */
    void complete() {
      complete = true;
    }

    /** What a failure of this exchange means: the end of the call comes before its consequences. */
    StorageException failure(IOException cause) {
      if (cause instanceof StorageException known) {
        return known;
      }
      client.connectionPool().evictAll();
      if (closed) {
        return StorageException.of(ErrorKind.CLOSED, "The disk is closed.", cause);
      }
      try {
        call.check();
      } catch (StorageException ended) {
        ended.addSuppressed(cause);
        return ended;
      }
      return RemoteHttpErrors.of(late ? timeout(cause) : cause);
    }

    private static IOException timeout(IOException cause) {
      SocketTimeoutException timeout = new SocketTimeoutException("the exchange took too long");
      timeout.initCause(cause);
      return timeout;
    }

    /** Gives the connection back, or closes it where the body was not read to its end. */
    @Override
    public void close() {
      ending.close();
      Response answer = response;
      if (answer != null) {
        if (!complete && answer.isSuccessful()) {
          http.cancel();
        }
        answer.close();
      }
      if (closed) {
        client.connectionPool().evictAll();
      }
    }
  }
}
