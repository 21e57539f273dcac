package io.diskmap.http.contract;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.Certificates;
import io.diskmap.http.JettyHost;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.ClassArchive;
import io.diskmap.testkit.process.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One remote disk, its services server over a local directory, and the line to it. For one thread
 * at a time.
 *
 * <p>The server runs in this process until a test kills it and starts it again, as a process of its
 * own that dies as a process does.
 */
final class RemotePlace implements DiskPlace, ServerControl {
  private static final Duration START = Duration.ofMinutes(2);

  private final Path root;
  private final Door door;
  private final Optional<Certificates> certificates;
  private final LostReplies lost;
  private final FaultProxy proxy;
  private int port = FreePort.find();
  private @Nullable StorageManager manager;
  private @Nullable StorageServer server;
  private @Nullable JettyHost host;
  private @Nullable ChildJvm child;

  RemotePlace(Path root, Door door, Optional<Certificates> certificates, LostReplies lost)
      throws Exception {
    this.root = root;
    this.door = door;
    this.certificates = certificates;
    this.lost = lost;
    recover();
    this.proxy = FaultProxy.to("127.0.0.1", port);
  }

  private String map(Path directory, int listen) {
    String tls =
        certificates
            .map(
                files ->
                    ",\"tls\":{\"cert\":\"%s\",\"key\":\"%s\"}"
                        .formatted(files.certificate(), files.key()))
            .orElse("");
    return """
        {"disks":{"disk":{"driver":"local","root":"%s"}},
         "server":{"listen":"127.0.0.1:%d"%s,"keys":{"web":{"key":"%s","may_name_users":true}}}}
        """
        .formatted(directory, listen, tls, Servers.KEY);
  }

  @Override
  public void start() throws Exception {
    startBehind(List.of());
  }

  @Override
  public void startBehind(List<String> prefix) throws Exception {
    ClassArchive classes = ClassArchive.of(ServerMain.class, door.name(), map(root, 0));
    ChildJvm started =
        classes.child().prefix(prefix).arguments(door.name(), map(root, port)).start();
    child = started;
    started.awaitLine("serving", START);
  }

  @Override
  public void recover() throws Exception {
    StorageManager disks =
        StorageManager.builder()
            .role(ServerRole.SERVICES)
            .diskMap(DiskMap.parse(map(root, port)))
            .workspace("disk")
            .listener(lost)
            .build();
    manager = disks;
    StorageServer started = StorageServer.of(disks);
    server = started;
    if (door == Door.SERVLET) {
      JettyHost jetty = new JettyHost(started.servlet(), port);
      host = jetty;
      port = jetty.port();
    } else {
      started.start();
      port = started.address().getPort();
    }
  }

  @Override
  public void kill() throws Exception {
    if (child != null) {
      child.kill9();
      child.close();
      child = null;
      Eventually.holds("the killed server has left its port", this::isPortFree);
    }
    if (host != null) {
      host.close();
      host = null;
    }
    if (server != null) {
      server.close();
      server = null;
    }
    if (manager != null) {
      manager.close();
      manager = null;
    }
  }

  /** A process that is killed behind another one lives on for a moment. */
  private boolean isPortFree() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (BindException taken) {
      return false;
    }
  }

  @Override
  public String json() {
    String authority =
        certificates.map(files -> ",\"ca_file\":\"%s\"".formatted(files.certificate())).orElse("");
    return "{\"driver\":\"remote-http\",\"url\":\"%s://127.0.0.1:%d\",\"api_key\":\"%s\"%s}"
        .formatted(
            certificates.isPresent() ? "https" : "http", proxy.port(), Servers.KEY, authority);
  }

  @Override
  public List<String> staged(Storage storage) throws Exception {
    List<String> found = new ArrayList<>();
    storage.uploads(Duration.ZERO).forEach(upload -> found.add("upload " + upload.id()));
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(file -> file.getFileName().toString().startsWith(".diskmap-"))
          .forEach(file -> found.add(root.relativize(file).toString()));
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e;
      }
      return staged(storage);
    }
    return found;
  }

  @Override
  public Optional<Path> directory() {
    return Optional.of(root);
  }

  @Override
  public Optional<FaultProxy> proxy() {
    return Optional.of(proxy);
  }

  @Override
  public Optional<ServerControl> server() {
    return Optional.of(this);
  }

  @Override
  public void close() throws Exception {
    proxy.close();
    kill();
    TestDisk.removeTree(root);
  }
}
