package io.diskmap;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code web} of a disk map: what a process in role web reaches, and how. Immutable;
 * any thread may use it.
 *
 * @param disks the disks it reaches; empty is every disk
 * @param caFile the certificates that it trusts, empty for those of the system
 * @param allowPlaintext whether it may reach the services server over plain HTTP beyond loopback
 */
public record WebSection(List<String> disks, Optional<Path> caFile, boolean allowPlaintext) {
  /** What holds where the map has no such section. */
  static final WebSection DEFAULT = new WebSection(List.of(), Optional.empty(), false);

  public WebSection {
    disks = List.copyOf(disks);
  }
}
