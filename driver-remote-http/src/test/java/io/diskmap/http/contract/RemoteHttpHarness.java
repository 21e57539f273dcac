package io.diskmap.http.contract;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.Certificates;
import io.diskmap.http.JettyHost;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.fault.FaultProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Remote disks whose services server runs in this process, behind a fault proxy. */
final class RemoteHttpHarness implements DriverHarness {
  /** How the server is reached. */
  enum Door {
    ENGINE("undertow", "plain"),
    ENGINE_TLS("undertow", "tls"),
    SERVLET("jetty-ee10", "plain");

    private final String server;
    private final String variant;

    Door(String server, String variant) {
      this.server = server;
      this.variant = variant;
    }
  }

  /** The disk behind the server: its JSON, and what unfinished saves leave on it. */
  interface Behind {
    /** The driver's name in reports. */
    String driver();

    /** The clauses that the disk cannot hold. */
    List<Deviation> deviations();

    /** A fresh disk of the server. */
    Disk fresh() throws IOException;

    /** One fresh disk. */
    interface Disk extends AutoCloseable {
      String json();

      List<String> staged(Storage storage) throws Exception;

      Optional<Path> directory();

      @Override
      void close() throws Exception;
    }
  }

  private final Door door;
  private final Behind behind;
  private final @Nullable Path keys;
  private final @Nullable Certificates certificates;

  RemoteHttpHarness(Door door, Behind behind) {
    this.door = door;
    this.behind = behind;
    try {
      this.keys = door == Door.ENGINE_TLS ? Files.createTempDirectory("diskmap-keys-") : null;
      this.certificates = keys == null ? null : Certificates.make(keys, "ec pkcs8");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String driver() {
    return behind.driver();
  }

  @Override
  public String server() {
    return door.server;
  }

  @Override
  public List<Deviation> deviations() {
    return behind.deviations();
  }

  @Override
  public String variant() {
    return door.variant;
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
  public DiskPlace newPlace() throws Exception {
    return new Place(behind.fresh());
  }

  @Override
  public void close() throws Exception {
    if (keys != null) {
      try (var files = Files.list(keys)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(keys);
    }
  }

  /** One disk, its server and the line to it. */
  private final class Place implements DiskPlace, ServerControl {
    private final Behind.Disk disk;
    private final StorageManager manager;
    private final FaultProxy proxy;
    private int port;
    private @Nullable StorageServer server;
    private @Nullable JettyHost host;

    Place(Behind.Disk disk) throws IOException {
      this.disk = disk;
      this.manager =
          StorageManager.builder()
              .role(ServerRole.SERVICES)
              .diskMap(DiskMap.parse("{\"disks\":{\"disk\":" + disk.json() + "}}"))
              .workspace("disk")
              .build();
      start();
      this.proxy = FaultProxy.to("127.0.0.1", port);
    }

    @Override
    public void start() throws IOException {
      Optional<ServerSection.Tls> tls =
          Optional.ofNullable(certificates)
              .map(files -> new ServerSection.Tls(files.certificate(), files.key()));
      StorageServer started =
          StorageServer.of(
              manager,
              new ServerSection(
                  InetSocketAddress.createUnresolved("127.0.0.1", port),
                  tls,
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
    public void kill() {
      if (host != null) {
        host.close();
        host = null;
      }
      if (server != null) {
        server.close();
        server = null;
      }
    }

    @Override
    public String json() {
      String scheme = certificates == null ? "http" : "https";
      String trust =
          certificates == null ? "" : ",\"ca_file\":\"" + certificates.certificate() + "\"";
      return "{\"driver\":\"remote-http\",\"url\":\"%s://127.0.0.1:%d\",\"api_key\":\"%s\"%s}"
          .formatted(scheme, proxy.port(), Servers.KEY, trust);
    }

    @Override
    public List<String> staged(Storage storage) throws Exception {
      return disk.staged(manager.disk("disk"));
    }

    @Override
    public Optional<Path> directory() {
      return disk.directory();
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
      manager.close();
      disk.close();
    }
  }
}
