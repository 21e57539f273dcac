package io.diskmap.s3;

import io.diskmap.Secret;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;

/**
 * The credentials of a disk: its secrets, read again every minute and whenever the store refuses
 * them, else a profile or the default chain of the SDK. Thread-safe.
 */
final class S3Credentials implements AwsCredentialsProvider, AutoCloseable {
  private static final long KEPT_NANOS = 60_000_000_000L;

  private record Kept(AwsCredentials credentials, long at) {}

  private final S3Options options;
  private final @Nullable AwsCredentialsProvider chain;
  private final AtomicReference<@Nullable Kept> kept = new AtomicReference<>();

  S3Credentials(S3Options options) {
    this.options = options;
    this.chain = options.accessKey().isPresent() ? null : chain(options);
  }

  private static AwsCredentialsProvider chain(S3Options options) {
    return options.profile().isPresent()
        ? ProfileCredentialsProvider.create(options.profile().get())
        : DefaultCredentialsProvider.builder().build();
  }

  @Override
  public AwsCredentials resolveCredentials() {
    AwsCredentialsProvider provider = chain;
    if (provider != null) {
      return provider.resolveCredentials();
    }
    Kept known = kept.get();
    if (known != null && System.nanoTime() - known.at < KEPT_NANOS) {
      return known.credentials;
    }
    AwsCredentials read = read();
    kept.set(new Kept(read, System.nanoTime()));
    return read;
  }

  /** Reads the secrets again; whether they are others than those that the store refused. */
  boolean refresh() {
    Kept known = kept.get();
    if (chain != null || known == null) {
      return false;
    }
    AwsCredentials read = read();
    kept.set(new Kept(read, System.nanoTime()));
    return !read.equals(known.credentials);
  }

  private AwsCredentials read() {
    String key = first(options.accessKey().orElseThrow());
    String secret = first(options.secretKey().orElseThrow());
    return options.sessionToken().isPresent()
        ? AwsSessionCredentials.create(key, secret, options.sessionToken().get().reveal().strip())
        : AwsBasicCredentials.create(key, secret);
  }

  private static String first(Secret secret) {
    return secret.reveal().strip();
  }

  @Override
  public void close() {
    if (chain instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("the credentials provider does not close", e);
      }
    }
  }
}
