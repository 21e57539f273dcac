package io.diskmap;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of every operation: what happened, where, and what to do about it.
 *
 * <p>Immutable. The message never holds a secret, and holds the path only where the disk's option
 * {@code show_paths} allows it, because a path can carry patient data; {@link #path()} always has
 * it.
 */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ErrorKind kind;
  private final String sentence;
  private final @Nullable Duration retryAfter;
  private final int httpStatus;
  private final int attempt;
  private final @Nullable String disk;
  private final @Nullable String driver;
  private final @Nullable String operation;
  private final @Nullable String path;
  private final boolean pathShown;

  private StorageException(Builder builder) {
    super(builder.sentence, builder.cause);
    this.kind = builder.kind;
    this.sentence = builder.sentence;
    this.retryAfter = builder.retryAfter;
    this.httpStatus = builder.httpStatus;
    this.attempt = builder.attempt;
    this.disk = builder.disk;
    this.driver = builder.driver;
    this.operation = builder.operation;
    this.path = builder.path;
    this.pathShown = builder.pathShown;
  }

  /**
   * An exception of this kind; the sentence says what happened and what to do, and names no path.
   */
  public static StorageException of(ErrorKind kind, String sentence) {
    return builder(kind, sentence).build();
  }

  /** An exception of this kind with the failure that led to it. */
  public static StorageException of(ErrorKind kind, String sentence, @Nullable Throwable cause) {
    return builder(kind, sentence).cause(cause).build();
  }

  /** A builder for an exception that says more. */
  public static Builder builder(ErrorKind kind, String sentence) {
    return new Builder(kind, sentence);
  }

  /** A builder that starts with all that this exception says; built, it keeps the stack trace. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Why the operation failed. */
  public ErrorKind kind() {
    return kind;
  }

  /** What to do about it. */
  public RetryAdvice retryAdvice() {
    return kind.retryAdvice();
  }

  /** The sentence without disk, operation and path. */
  public String sentence() {
    return sentence;
  }

  /** How long the store asks to wait before the next attempt. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The disk's name in the disk map. */
  public Optional<String> disk() {
    return Optional.ofNullable(disk);
  }

  /** The driver's name. */
  public Optional<String> driver() {
    return Optional.ofNullable(driver);
  }

  /** The name of the {@link Storage} method that failed. */
  public Optional<String> operation() {
    return Optional.ofNullable(operation);
  }

  /** The path as the caller gave it; it can carry patient data, so log it with care. */
  public Optional<String> path() {
    return Optional.ofNullable(path);
  }

  /** The attempt that failed, from 1; 0 where there were no attempts to count. */
  public int attempt() {
    return attempt;
  }

  /** The HTTP status of the store's answer, where there was one. */
  public OptionalInt httpStatus() {
    return httpStatus == 0 ? OptionalInt.empty() : OptionalInt.of(httpStatus);
  }

  @Override
  public String getMessage() {
    StringBuilder text = new StringBuilder(kind.name()).append(": ").append(sentence);
    String separator = " (";
    if (disk != null) {
      text.append(separator).append("disk ").append(disk);
      separator = ", ";
    }
    if (driver != null) {
      text.append(separator).append("driver ").append(driver);
      separator = ", ";
    }
    if (operation != null) {
      text.append(separator).append(operation);
      separator = ", ";
    }
    if (path != null && pathShown) {
      text.append(separator).append("path ").append(path);
      separator = ", ";
    }
    if (attempt > 1) {
      text.append(separator).append("attempt ").append(attempt);
      separator = ", ";
    }
    return separator.equals(" (") ? text.toString() : text.append(')').toString();
  }

  /** Collects what an exception says. Not for use by several threads. */
  public static final class Builder {
    private final ErrorKind kind;
    private String sentence;
    private final @Nullable StorageException original;
    private @Nullable Throwable cause;
    private @Nullable Duration retryAfter;
    private int httpStatus;
    private int attempt;
    private @Nullable String disk;
    private @Nullable String driver;
    private @Nullable String operation;
    private @Nullable String path;
    private boolean pathShown;

    private Builder(ErrorKind kind, String sentence) {
      this.kind = kind;
      this.sentence = sentence;
      this.original = null;
    }

    private Builder(StorageException original) {
      this.kind = original.kind;
      this.sentence = original.sentence;
      this.original = original;
      this.cause = original.getCause();
      this.retryAfter = original.retryAfter;
      this.httpStatus = original.httpStatus;
      this.attempt = original.attempt;
      this.disk = original.disk;
      this.driver = original.driver;
      this.operation = original.operation;
      this.path = original.path;
      this.pathShown = original.pathShown;
    }

    /** Replaces the sentence. */
    public Builder sentence(String value) {
      this.sentence = value;
      return this;
    }

    /** The failure that led to this one. */
    public Builder cause(@Nullable Throwable value) {
      this.cause = value;
      return this;
    }

    /** How long to wait before the next attempt. */
    public Builder retryAfter(@Nullable Duration value) {
      this.retryAfter = value;
      return this;
    }

    /** The HTTP status of the answer. */
    public Builder httpStatus(int value) {
      this.httpStatus = value;
      return this;
    }

    /** The attempt that failed, from 1. */
    public Builder attempt(int value) {
      this.attempt = value;
      return this;
    }

    /** The disk and its driver. */
    public Builder disk(String name, String driverName) {
      this.disk = name;
      this.driver = driverName;
      return this;
    }

    /** The operation by the name of its {@link Storage} method. */
    public Builder operation(String value) {
      this.operation = value;
      return this;
    }

    /** The path, and whether the message may show it. */
    public Builder path(@Nullable String value, boolean shown) {
      this.path = value;
      this.pathShown = shown;
      return this;
    }

    /** The exception. */
    public StorageException build() {
      StorageException built = new StorageException(this);
      if (original != null) {
        built.setStackTrace(original.getStackTrace());
        for (Throwable suppressed : original.getSuppressed()) {
          built.addSuppressed(suppressed);
        }
      }
      return built;
    }
  }
}
