package io.diskmap.http.contract;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.JettyHost;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.process.ChildJvm;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remote disks whose services server keeps the files in a local directory, behind a fault proxy.
 *
 * <p>The server runs in this process until a test kills it; after that it runs as a process of its
 * own, which dies as a process does.
 */
final class RemoteHttpHarness implements DriverHarness {
  /** How the server is reached. */
  enum Door {
    ENGINE("undertow"),
    SERVLET("jetty-ee10");

    private final String server;

    Door(String server) {
      this.server = server;
    }
  }

  private static final Duration START = Duration.ofMinutes(4);

  private final Door door;

  RemoteHttpHarness(Door door) {
    this.door = door;
  }

  @Override
  public String driver() {
    return "remote-http";
  }

  @Override
  public String server() {
    return door.server;
  }

  @Override
  public String version() {
    return door == Door.SERVLET
        ? org.eclipse.jetty.util.Jetty.VERSION
        : io.undertow.Version.getVersionString();
  }

  /** Threads of the engines, and those of OkHttp's that the whole process shares for a minute. */
  @Override
  public boolean isServerThread(String name) {
    return name.startsWith("diskmap-http I/O")
        || name.startsWith("diskmap-http Accept")
        || name.startsWith("diskmap-http task")
        || name.startsWith("diskmap-server-work")
        || name.startsWith("qtp")
        || name.startsWith("Scheduler-")
        || name.startsWith("OkHttp TaskRunner")
        || name.startsWith("Okio Watchdog");
  }

  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    String request =
        switch (exchange) {
          case PUT -> "PUT /internal/storage/upload?";
          case COMMIT, COPY, MOVE -> "phase=complete";
          case DELETE -> "POST /internal/storage/delete?";
        };
    return proxy.dropReplyTo(request, Ending.RESET);
  }

  @Override
  public DiskPlace newPlace() throws Exception {
    return newPlaceIn(Path.of(System.getProperty("java.io.tmpdir")));
  }

  @Override
  public DiskPlace newPlaceIn(Path directory) throws Exception {
    return new Place(Files.createTempDirectory(directory, "diskmap-remote-"));
  }

  /** One disk, its server and the line to it. */
  private final class Place implements DiskPlace, ServerControl {
    private final Path root;
    private final FaultProxy proxy;
    private int port;
    private @Nullable StorageManager manager;
    private @Nullable StorageServer server;
    private @Nullable JettyHost host;
    private @Nullable ChildJvm child;
    private boolean killed;

    Place(Path root) throws Exception {
      this.root = root;
      start();
      this.proxy = FaultProxy.to("127.0.0.1", port);
    }

    private String disks() {
      return "{\"disks\":{\"disk\":{\"driver\":\"local\",\"root\":\"%s\"}}".formatted(root);
    }

    @Override
    public void start() throws Exception {
      if (killed) {
        startBehind(List.of());
        return;
      }
      StorageManager disks =
          StorageManager.builder()
              .role(ServerRole.SERVICES)
              .diskMap(DiskMap.parse(disks() + "}"))
              .workspace("disk")
              .build();
      manager = disks;
      StorageServer started =
          StorageServer.of(
              disks,
              new ServerSection(
                  InetSocketAddress.createUnresolved("127.0.0.1", port),
                  Optional.empty(),
                  Map.of("web", Servers.key(Servers.KEY))));
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
    public void startBehind(List<String> prefix) throws Exception {
      String server =
          ",\"server\":{\"listen\":\"127.0.0.1:%d\",\"keys\":{\"web\":{\"key\":\"%s\",\"may_name_users\":true}}}}"
              .formatted(port, Servers.KEY);
      ChildJvm started =
          ChildJvm.of(ServerMain.class).prefix(prefix).arguments(disks() + server).start();
      child = started;
      started.awaitLine("serving", START);
    }

    @Override
    public void kill() throws Exception {
      killed = true;
      stop();
    }

    private void stop() throws Exception {
      if (child != null) {
        child.kill9();
        child.close();
        child = null;
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

    @Override
    public String json() {
      return "{\"driver\":\"remote-http\",\"url\":\"http://127.0.0.1:%d\",\"api_key\":\"%s\"}"
          .formatted(proxy.port(), Servers.KEY);
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
      stop();
      TestDisk.removeTree(root);
    }
  }
}
