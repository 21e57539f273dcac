package io.diskmap.benchmarks;

import io.diskmap.testkit.process.ChildJvm;

/** A web server before the services server: what passes it goes through both. For one thread. */
final class WebHop implements AutoCloseable {
  private final ChildJvm web;
  private final String url;

  WebHop(HttpServers servers) throws Exception {
    this.web = servers.serve("upstream", servers.url);
    this.url = servers.url(web);
  }

  Duel download(HttpServers servers, Curl curl) {
    String call = "/internal/storage/download?disk=disk&path=source.bin";
    return new Duel(
        "download of 1 GiB with curl, through a web server",
        "curl to the services server",
        0.45,
        () -> curl.run(url + call),
        () -> curl.run(servers.url + call),
        () -> {});
  }

  Duel upload(HttpServers servers, Curl curl) {
    String call = "/internal/storage/upload?disk=disk&path=up-";
    String source = servers.source.toString();
    return new Duel(
        "upload of 1 GiB with curl, through a web server",
        "curl to the services server",
        0.45,
        () -> curl.run("-T", source, url + call + "h"),
        () -> curl.run("-T", source, servers.url + call + "i"),
        servers::clear);
  }

  @Override
  public void close() throws Exception {
    web.close();
  }
}
