package io.diskmap.internal.pipeline;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.SkippedNames;
import io.diskmap.spi.StorageDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cursor that checks the order as entries pass and goes on after a dropped connection (clauses
 * L2, L3).
 *
 * <p>For one thread. It is the end of its operation: closing it, its end or its failure ends the
 * records.
 */
final class CheckedCursor implements EntryCursor {
  private final StorageDriver driver;
  private final Retries retries;
  private final Operation operation;
  private final StoragePath prefix;
  private final ListRequest request;
  private final StoragePath scope;
  private @Nullable EntryCursor cursor;
  private @Nullable FileMetadata entry;
  private @Nullable FileMetadata last;
  private long given;
  private long skippedBefore;
  private final List<String> skippedNamesBefore = new ArrayList<>();
  private int failures;
  private boolean ended;

  /** Entries come out relative to the scope. */
  CheckedCursor(
      StorageDriver driver,
      Retries retries,
      Operation operation,
      StoragePath prefix,
      ListRequest request,
      StoragePath scope)
      throws StorageException {
    this.driver = driver;
    this.retries = retries;
    this.operation = operation;
    this.prefix = prefix;
    this.request = request;
    this.scope = scope;
    this.cursor = driver.list(prefix, request);
  }

  @Override
  public boolean next() throws StorageException {
    if (ended) {
      return false;
    }
    while (true) {
      try {
        if (!nextOnce()) {
          ended = true;
          return false;
        }
        failures = 0;
        return true;
      } catch (StorageException e) {
        goOnAfter(e);
      }
    }
  }

  private boolean nextOnce() throws StorageException {
    operation.call().check();
    operation.call().beginWait();
    try {
      EntryCursor current = open();
      if (given >= request.limit() || !current.next()) {
        return false;
      }
      FileMetadata found = current.entry();
      if (last != null && orderKey(last).compareTo(orderKey(found)) >= 0) {
        throw StorageException.of(
            ErrorKind.UNKNOWN,
            "The store lists names out of UTF-8 order; report this with the server's version.");
      }
      last = found;
      given++;
      entry = scope.isRoot() ? found : found.withPath(found.path().relativeTo(scope));
      return true;
    } finally {
      operation.call().endWait();
    }
  }

  /** What entries are sorted by: a directory as {@code name/}. */
  private static OrderKey orderKey(FileMetadata entry) {
    return new OrderKey(entry.isDirectory() ? entry.path().value() + "/" : entry.path().value());
  }

  private record OrderKey(String text) implements Comparable<OrderKey> {
    @Override
    public int compareTo(OrderKey other) {
      return StoragePath.compareUtf8(text, other.text);
    }
  }

  private EntryCursor open() throws StorageException {
    EntryCursor current = cursor;
    if (current == null) {
      Optional<StoragePath> after = last == null ? request.startAfter() : Optional.of(last.path());
      long limit = request.limit() == Long.MAX_VALUE ? Long.MAX_VALUE : request.limit() - given;
      current =
          driver.list(prefix, new ListRequest(request.oneLevel(), after, limit, request.call()));
      cursor = current;
    }
    return current;
  }

  private void goOnAfter(StorageException failure) throws StorageException {
    dropCursor();
    if (!failure.kind().isTransient()) {
      throw operation.fail(failure);
    }
    try {
      retries.pauseOrThrow(operation.call(), ++failures, failure);
    } catch (StorageException e) {
      throw operation.fail(e);
    }
  }

  @Override
  public FileMetadata entry() {
    FileMetadata current = entry;
    if (current == null) {
      throw new IllegalStateException("next() has not found an entry");
    }
    return current;
  }

  @Override
  public long skipped() {
    EntryCursor current = cursor;
    return skippedBefore + (current == null ? 0 : current.skipped());
  }

  @Override
  public List<String> skippedNames() {
    EntryCursor current = cursor;
    int scopeLength = scope.isRoot() ? 0 : scope.value().length() + 1;
    return Stream.concat(
            skippedNamesBefore.stream(),
            current == null ? Stream.of() : current.skippedNames().stream())
        .distinct()
        .limit(SkippedNames.KEPT)
        .map(name -> name.substring(Math.min(scopeLength, name.length())))
        .toList();
  }

  private void dropCursor() {
    EntryCursor current = cursor;
    cursor = null;
    if (current != null) {
      skippedBefore += current.skipped();
      skippedNamesBefore.addAll(current.skippedNames());
      current.close();
    }
  }

  @Override
  public void close() {
    ended = true;
    dropCursor();
    operation.succeed();
  }
}
