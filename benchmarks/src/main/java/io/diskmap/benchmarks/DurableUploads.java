package io.diskmap.benchmarks;

import io.diskmap.testkit.process.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;

/** A services server over a directory on a disk, where a sync costs something. For one thread. */
final class DurableUploads implements AutoCloseable {
  private final HttpServers servers;
  private final Path root;
  private final ChildJvm server;
  private final String url;

  DurableUploads(HttpServers servers, Path directory) throws Exception {
    this.servers = servers;
    this.root = Files.createDirectories(directory.resolve("durable"));
    this.server = servers.serve("root", root.toString(), "durability", "content");
    this.url = servers.url(server);
  }

  Duel duel(Curl curl) {
    String source = servers.source.toString();
    return new Duel(
        "server: upload of 1 GiB with curl, durable on a disk",
        "dd conv=fsync without HTTP",
        0.5,
        () -> curl.run("-T", source, url + "/internal/storage/upload?disk=disk&path=up-a"),
        () ->
            Shell.run(
                "dd",
                "if=" + source,
                "of=" + root.resolve("up-b"),
                "bs=1M",
                "conv=fsync",
                "status=none"),
        this::clear);
  }

  private void clear() throws Exception {
    Shell.run("sh", "-c", "rm -f \"$0\"/up-*; sync", root.toString());
  }

  @Override
  public void close() throws Exception {
    server.close();
    Shell.run("rm", "-rf", root.toString());
  }
}
