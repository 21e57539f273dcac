package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Capabilities.Atomicity;
import io.diskmap.Durability;
import io.diskmap.Storage;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** SFTP disks on a server that has nothing beyond version 3 of the protocol. */
final class MinaHarness implements DriverHarness {
  private static final List<Deviation> DEVIATIONS =
      List.of(
          Deviations.NAME_NOT_DURABLE,
          new Deviation(
              "S6:content",
              "A server without fsync@openssh.com makes nothing durable.",
              disk -> assertThat(disk.capabilities().durability()).isEqualTo(Durability.NONE)),
          new Deviation(
              "S3:if-absent",
              "A server without hardlink@openssh.com has no step that refuses an existing name.",
              disk -> assertThat(disk.capabilities().createCondition()).isEqualTo(Atomicity.NONE)),
          new Deviation(
              "S1",
              "A server without posix-rename@openssh.com replaces in several steps.",
              disk -> assertThat(disk.capabilities().atomicMove()).isFalse()),
          new Deviation(
              "S10",
              "A server without posix-rename@openssh.com replaces in several steps.",
              disk -> assertThat(disk.capabilities().atomicMove()).isFalse()));

  private final MinaServer server;
  private final AtomicInteger places = new AtomicInteger();

  MinaHarness() {
    try {
      this.server = new MinaServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String driver() {
    return "sshfs";
  }

  @Override
  public String server() {
    return "mina-sshd";
  }

  @Override
  public String variant() {
    return "sftp-v3";
  }

  @Override
  public String version() {
    return "2.16.0";
  }

  @Override
  public List<Deviation> deviations() {
    return DEVIATIONS;
  }

  @Override
  public boolean isServerThread(String name) {
    return name.startsWith("sshd-") || name.startsWith("SftpSubsystem");
  }

  @Override
  public boolean isServerFile(String target) {
    return target.startsWith("socket:") || target.startsWith(server.files().toString());
  }

  @Override
  public DiskPlace newPlace() throws IOException {
    String name = "place-" + places.incrementAndGet();
    Path directory = Files.createDirectory(server.files().resolve(name));
    return new DiskPlace() {
      @Override
      public String json() {
        return """
            {"driver":"sshfs","host":"127.0.0.1","port":%d,"username":"%s","password":"%s",\
            "root":"/%s","host_key":"%s","chunk_size":"256KiB","allow_non_atomic_replace":true}"""
            .formatted(
                server.port(), MinaServer.USER, MinaServer.PASSWORD, name, server.fingerprint());
      }

      @Override
      public List<String> staged(Storage storage) throws IOException {
        return Leftovers.in(directory);
      }

      @Override
      public Optional<Path> directory() {
        return Optional.of(directory);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
