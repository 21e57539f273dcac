package io.diskmap.http.contract;

/** How the services server is reached. */
enum Door {
  /** The stand-alone engine. */
  ENGINE("undertow", "plain"),
  /** The servlet in a host application. */
  SERVLET("jetty-ee10", "plain"),
  /** The stand-alone engine over TLS. */
  TLS("undertow", "tls");

  private final String server;
  private final String variant;

  Door(String server, String variant) {
    this.server = server;
    this.variant = variant;
  }

  String server() {
    return server;
  }

  String variant() {
    return variant;
  }

  String version() {
    return this == SERVLET
        ? org.eclipse.jetty.util.Jetty.VERSION
        : io.undertow.Version.getVersionString();
  }
}
