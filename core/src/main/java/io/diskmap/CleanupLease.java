package io.diskmap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file by which the servers that clean one disk take turns. For one thread.
 *
 * <p>It spares them the same work twice and is no lock: a clean-up harms nothing without it. The
 * file holds the holder's id; one that is older than the term, by the store's clock, is given up
 * and taken over on the condition of its version. On a store that holds no conditions everybody has
 * the turn.
 */
final class CleanupLease {
  private static final Logger LOG = LoggerFactory.getLogger(CleanupLease.class);
  private static final int MAX_HOLDER = 64;

  private final Storage storage;
  private final String path;
  private final Duration term;
  private final String holder = UUID.randomUUID().toString();

  CleanupLease(Storage storage, String path, Duration term) {
    this.storage = storage;
    this.path = path;
    this.term = term;
  }

  /** Takes or keeps the turn; false where another server has it. */
  boolean take() throws StorageException {
    try {
      storage.save(path, Content.of(holder), SaveOptions.ifAbsent());
      return true;
    } catch (StorageException e) {
      return switch (e.kind()) {
        case ALREADY_EXISTS -> takeOver();
        case UNSUPPORTED -> true;
        default -> throw e;
      };
    }
  }

  private boolean takeOver() throws StorageException {
    try {
      FileMetadata file = storage.metadata(path);
      Instant end = file.modified().plus(term);
      if (end.isAfter(Workspace.of(storage).storeTime()) && !isOwn()) {
        return false;
      }
      storage.save(path, Content.of(holder), SaveOptions.ifMatch(file.versionTag()));
      return true;
    } catch (StorageException e) {
      return switch (e.kind()) {
        case PRECONDITION_FAILED, NOT_FOUND, BUSY -> false;
        case UNSUPPORTED -> true;
        default -> throw e;
      };
    }
  }

  private boolean isOwn() throws StorageException {
    try (Download in = storage.download(path)) {
      return new String(in.readNBytes(MAX_HOLDER), StandardCharsets.UTF_8).equals(holder);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.UNAVAILABLE, "The clean-up's lease cannot be read.", e);
    }
  }

  /** Gives the turn back; where that fails it ends by its term. */
  void release() {
    try {
      if (isOwn()) {
        storage.delete(path);
      }
    } catch (StorageException e) {
      LOG.debug("The clean-up's lease stays until its term ends", e);
    }
  }
}
