package io.diskmap.sshfs;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.StagedLeftovers;
import io.diskmap.testkit.fault.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory of a server of this machine as the place of a disk, behind a fault proxy.
 *
 * <p>For one thread at a time.
 */
final class Line implements DiskPlace {
  private final SshDisk disk;
  private final Path directory;
  private final FaultProxy proxy;
  private final ServerControl server;

  /** The place of a disk whose port is replaced by that of the proxy before it. */
  Line(SshDisk disk, int port, Path directory, ServerControl server) throws IOException {
    this.proxy = FaultProxy.to("127.0.0.1", port);
    this.disk = disk.with("port", proxy.port());
    this.directory = directory;
    this.server = server;
  }

  @Override
  public String json() {
    return disk.json();
  }

  @Override
  public List<String> staged(Storage storage) throws IOException {
    return StagedLeftovers.in(directory);
  }

  @Override
  public Optional<Path> directory() {
    return Optional.of(directory);
  }

  @Override
  public void adopt() throws IOException {
    UserPrincipal owner = Files.getOwner(directory);
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Files.setOwner(file, owner);
      }
    }
  }

  @Override
  public Optional<FaultProxy> proxy() {
    return Optional.of(proxy);
  }

  @Override
  public Optional<ServerControl> server() {
    return Optional.of(server);
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
