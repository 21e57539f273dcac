package io.diskmap.http.server;

import io.diskmap.Secret;
import io.diskmap.ServerSection;
import io.diskmap.spi.Loopback;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that open this server. Thread-safe.
 *
 * <p>A presented key is compared by its SHA-256 with every live value of every key, in constant
 * time and without stopping at a match, so that the time of an answer tells nothing. Values are
 * read again after a few seconds, so that a rotated file takes effect by itself.
 */
final class KeyRing {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
  private static final String EXAMPLE_KEY = "test-key-123";
  private static final int GOOD_LENGTH = 32;
  private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

  private final Map<String, ServerSection.Key> keys;
  private volatile @Nullable Snapshot snapshot;

  /**
   * A ring of these keys.
   *
   * @throws IllegalStateException where no key has a value
   */
  KeyRing(Map<String, ServerSection.Key> keys) {
    this.keys = keys;
    if (current().entries.isEmpty()) {
      throw new IllegalStateException(
          "The services server has no API key; set INTERNAL_API_KEY or server.keys.");
    }
  }

  /**
   * Checks that the keys are fit for callers on other machines.
   *
   * @throws IllegalStateException where the key of the examples is among them
   */
  void requireFitForOtherMachines() {
    byte[] example = hash(sha256(), EXAMPLE_KEY);
    for (Entry entry : current().entries) {
      if (MessageDigest.isEqual(entry.hash, example)) {
        throw new IllegalStateException(
            "The API key "
                + entry.id
                + " is the one of the examples; make a key of your own to listen beyond loopback.");
      }
      if (entry.length < GOOD_LENGTH) {
        LOG.warn("API key {} has fewer than {} characters; make it longer", entry.id, GOOD_LENGTH);
      }
    }
  }

  /** The key that this text is; empty for none. */
  Optional<Match> find(String presented, String remoteAddress) {
    byte[] hash = hash(sha256(), presented);
    Entry found = null;
    for (Entry entry : current().entries) {
      if (MessageDigest.isEqual(entry.hash, hash)) {
        found = entry;
      }
    }
    if (found == null || (presented.equals(EXAMPLE_KEY) && !Loopback.names(remoteAddress))) {
      return Optional.empty();
    }
    return Optional.of(new Match(found.id, found.key));
  }

  private Snapshot current() {
    Snapshot now = snapshot;
    if (now == null || System.nanoTime() - now.readAt > FRESH_NANOS) {
      now = read();
      snapshot = now;
    }
    return now;
  }

  private Snapshot read() {
    MessageDigest sha256 = sha256();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, ServerSection.Key> key : keys.entrySet()) {
      add(entries, sha256, key.getKey(), key.getValue(), key.getValue().key());
      key.getValue()
          .previous()
          .ifPresent(secret -> add(entries, sha256, key.getKey(), key.getValue(), secret));
    }
    return new Snapshot(List.copyOf(entries), System.nanoTime());
  }

  private void add(
      List<Entry> entries, MessageDigest sha256, String id, ServerSection.Key key, Secret secret) {
    try {
      for (String value : secret.live()) {
        entries.add(new Entry(id, key, hash(sha256, value), value.length()));
      }
    } catch (RuntimeException e) {
      Snapshot before = snapshot;
      if (before == null) {
        throw e;
      }
      LOG.warn("API key {} cannot be read again; its last value stays valid", id);
      before.entries.stream().filter(entry -> entry.id.equals(id)).forEach(entries::add);
    }
  }

  private static byte[] hash(MessageDigest sha256, String text) {
    return sha256.digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** The key a caller showed. */
  record Match(String id, ServerSection.Key key) {}

  private record Entry(String id, ServerSection.Key key, byte[] hash, int length) {}

  private record Snapshot(List<Entry> entries, long readAt) {}
}
