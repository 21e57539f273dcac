package io.diskmap.http;

import io.diskmap.DiskMap;
import io.diskmap.Secret;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Live servers and clients for tests, on loopback. Stateless. */
public final class Servers {
  /** The key of every test server. */
  public static final String KEY = "0123456789abcdef0123456789abcdef";

  private Servers() {}

  /** A section for plain HTTP on a free port with one key that opens everything. */
  public static ServerSection section() {
    return section(Map.of("web", key(KEY)));
  }

  /** A section with these keys. */
  public static ServerSection section(Map<String, ServerSection.Key> keys) {
    return new ServerSection(
        InetSocketAddress.createUnresolved("127.0.0.1", 0), Optional.empty(), keys);
  }

  /** A key that opens everything and may name users. */
  public static ServerSection.Key key(String value) {
    return new ServerSection.Key(
        Secret.of(value), Optional.empty(), List.of(), List.of(""), false, true);
  }

  /** A started stand-alone server over the manager's disks. */
  public static StorageServer start(StorageManager storages) throws IOException {
    StorageServer server = StorageServer.of(storages, section());
    server.start();
    return server;
  }

  /** The base URL of a started server. */
  public static String url(StorageServer server) {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  /** A manager whose disk {@code workspace} is on the server. */
  public static StorageManager client(String url, Map<String, ?> more) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("url", url);
    options.put("api_key", KEY);
    options.putAll(more);
    return StorageManager.open(DiskMap.builder().disk("workspace", "remote-http", options).build());
  }
}
