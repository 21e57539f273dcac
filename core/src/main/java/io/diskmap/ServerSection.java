package io.diskmap;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code server} of a disk map: where the services server listens, and whom it serves.
 * Immutable; any thread may use it.
 *
 * @param listen the host and port, unresolved; port 0 takes a free one
 * @param tls the certificate, empty for plain HTTP
 * @param keys the keys by their ids, in order
 * @param auditKey the key that opens the page of the audit trail; without it there is no page
 */
public record ServerSection(
    InetSocketAddress listen, Optional<Tls> tls, Map<String, Key> keys, Optional<Secret> auditKey) {
  public ServerSection {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /** A section without a page of the audit trail. */
  public ServerSection(InetSocketAddress listen, Optional<Tls> tls, Map<String, Key> keys) {
    this(listen, tls, keys, Optional.empty());
  }

  /**
   * The files of the server's certificate, in PEM form.
   *
   * @param cert the certificate and its chain
   * @param key the private key
   */
  public record Tls(Path cert, Path key) {}

  /**
   * A key that callers show, and what it opens.
   *
   * @param key the key; it can hold two live ones with a comma between them
   * @param previous a key that is still valid for a while
   * @param disks the disks it opens; empty opens every disk
   * @param prefixes the prefixes it opens, by whole segments; an empty text opens all
   * @param readOnly whether it opens nothing for a change
   * @param mayNameUsers whether callers may say for which user they act
   */
  public record Key(
      Secret key,
      Optional<Secret> previous,
      List<String> disks,
      List<String> prefixes,
      boolean readOnly,
      boolean mayNameUsers) {
    public Key {
      disks = List.copyOf(disks);
      prefixes = List.copyOf(prefixes);
    }

    /** Whether the key opens a disk. */
    public boolean opens(String disk) {
      return disks.isEmpty() || disks.contains(disk);
    }

    /** Whether the key opens a path or a prefix: it is one of the prefixes, or below one. */
    public boolean opens(StoragePath path) {
      return prefixes.stream()
          .anyMatch(
              prefix ->
                  prefix.isEmpty()
                      || path.value().equals(prefix)
                      || path.value().startsWith(prefix + "/"));
    }
  }
}
