package io.diskmap.sshfs;

import io.diskmap.DiskMap;
import io.diskmap.Storage;
import io.diskmap.StorageException;
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

  /** The disk of the tests' own user on a server, with its key and known hosts. */
  static SshDisk on(OpenSshServer server) {
    return new SshDisk()
        .with("driver", "sshfs")
        .with("host", "127.0.0.1")
        .with("port", server.port())
        .with("username", server.user())
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

  StorageManager open() throws StorageException {
    String disk =
        options.entrySet().stream()
            .map(option -> "\"" + option.getKey() + "\":" + option.getValue())
            .collect(Collectors.joining(",", "{", "}"));
    return StorageManager.open(DiskMap.parse("{\"disks\":{\"d\":" + disk + "}}"));
  }

  static Storage of(StorageManager manager) throws StorageException {
    return manager.disk("d");
  }
}
