package io.diskmap.sshfs;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageListener;
import io.diskmap.StorageManager;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A disk map with one SFTP disk, put together option by option. For one thread. */
final class SshDisk {
  private final Map<String, String> options = new LinkedHashMap<>();

  private SshDisk() {}

  /** A disk in a user's home on some server. */
  static SshDisk to(String host, int port, String user) {
    return new SshDisk()
        .with("driver", "sshfs")
        .with("host", host)
        .with("port", port)
        .with("username", user)
        .with("agent", "off");
  }

  /** The disk of the tests' own user on a server, with its key and known hosts. */
  static SshDisk on(OpenSshServer server) {
    return to("127.0.0.1", server.port(), server.user())
        .with("identity_file", server.identity().toString())
        .with("known_hosts", server.knownHosts().toString())
        .with("root", server.root());
  }

  SshDisk with(String option, Object value) {
    String text =
        value instanceof String || value instanceof Path ? "\"" + value + "\"" : value.toString();
    options.put(option, text);
    return this;
  }

  SshDisk without(String option) {
    options.remove(option);
    return this;
  }

  /** The disk behind a line that leads to the server, whose host key is pinned. */
  SshDisk through(int port, OpenSshServer server) {
    return without("known_hosts")
        .with("port", port)
        .with("host_key", Fingerprints.of(server.hostKey("ed25519")));
  }

  /** The disk as an object of the disk map. */
  String json() {
    return options.entrySet().stream()
        .map(option -> "\"" + option.getKey() + "\":" + option.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  StorageManager open() throws StorageException {
    return StorageManager.open(DiskMap.parse("{\"disks\":{\"d\":" + json() + "}}"));
  }

  /** Opens it for a listener that hears of every operation. */
  StorageManager open(StorageListener listener) throws StorageException {
    return StorageManager.builder()
        .diskMap(DiskMap.parse("{\"disks\":{\"d\":" + json() + "}}"))
        .role(ServerRole.WORKER)
        .listener(listener)
        .build();
  }

  static Storage of(StorageManager manager) throws StorageException {
    return manager.disk("d");
  }
}
