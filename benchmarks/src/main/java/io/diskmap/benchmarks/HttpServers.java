package io.diskmap.benchmarks;

import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The services server, nginx and rclone over one directory in memory that holds one large file,
 * with or without TLS. For one thread.
 */
final class HttpServers implements AutoCloseable {
  static final long BIG = 1L << 30;
  static final String KEY = "benchmark-key-0123456789abcdef0123456789";

  final Path work;
  final Path served;
  final Path source;
  final ChildJvm server;
  final String url;
  final String nginxUrl;
  final String webdavUrl;
  private final Optional<Path> certificate;
  final ServerProcess nginx;
  private final ServerProcess webdav;

  HttpServers(Path directory, boolean tls) throws Exception {
    Path memory = Path.of("/dev/shm");
    this.work =
        Files.createTempDirectory(
            Files.isDirectory(memory) ? memory : Files.createDirectories(directory), "bench");
    this.served = Files.createDirectories(work.resolve("served"));
    Files.createDirectories(work.resolve("nginx"));
    this.source = work.resolve("source.bin");
    try (OutputStream out = Files.newOutputStream(source)) {
      new SeededContent(7, BIG).writeTo(out);
    }
    Files.createLink(served.resolve("source.bin"), source);
    this.certificate = tls ? Optional.of(makeCertificate()) : Optional.empty();
    this.server = serve("root", served.toString());
    this.url = url(server);
    int nginxPort = FreePort.find();
    this.nginxUrl = scheme() + "://127.0.0.1:" + nginxPort;
    this.nginx = startNginx(nginxPort);
    int webdavPort = FreePort.find();
    this.webdavUrl = "http://127.0.0.1:" + webdavPort;
    this.webdav = startWebdav(webdavPort);
  }

  /** Another services server: the pairs that say what it serves. */
  ChildJvm serve(String... what) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("key", KEY));
    arguments.addAll(List.of(what));
    if (certificate.isPresent()) {
      arguments.addAll(List.of("cert", work.resolve("cert.pem").toString()));
      arguments.addAll(List.of("private_key", work.resolve("key.pem").toString()));
    }
    return ChildJvm.of(ServeMain.class)
        .options("-Xmx512m")
        .arguments(arguments.toArray(String[]::new))
        .start();
  }

  /** Where a services server listens, once it does. */
  String url(ChildJvm started) throws Exception {
    String port = started.awaitLine("port ", Duration.ofSeconds(20)).substring(5).trim();
    return scheme() + "://127.0.0.1:" + port;
  }

  private String scheme() {
    return certificate.isPresent() ? "https" : "http";
  }

  private Path makeCertificate() throws Exception {
    Path made = work.resolve("cert.pem");
    Shell.run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:localhost",
        "-keyout",
        work.resolve("key.pem").toString(),
        "-out",
        made.toString());
    return made;
  }

  private ServerProcess startWebdav(int port) throws Exception {
    return ServerProcess.builder(
            "rclone",
            List.of("rclone", "serve", "webdav", served.toString(), "--addr", "127.0.0.1:" + port))
        .directory(work)
        .readyWhen(Readiness.port("127.0.0.1", port))
        .start();
  }

  private ServerProcess startNginx(int port) throws Exception {
    String listen = port + (certificate.isPresent() ? " ssl" : "");
    String secure =
        certificate
            .map(
                made -> "ssl_certificate %s; ssl_certificate_key %s/key.pem;".formatted(made, work))
            .orElse("");
    Path config = work.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off; user root; worker_processes 2; pid %1$s/nginx.pid; error_log %1$s/error.log;
        events { worker_connections 256; }
        http {
          access_log off; sendfile on; tcp_nopush on; client_max_body_size 0;
          client_body_temp_path %1$s/nginx/body; proxy_temp_path %1$s/nginx/proxy;
          fastcgi_temp_path %1$s/nginx/fastcgi; uwsgi_temp_path %1$s/nginx/uwsgi;
          scgi_temp_path %1$s/nginx/scgi;
          server { listen 127.0.0.1:%2$s; %3$s root %4$s; location / { dav_methods PUT DELETE; } }
        }
        """
            .formatted(work, listen, secure, served));
    return ServerProcess.builder("nginx", List.of("nginx", "-c", config.toString()))
        .directory(work)
        .readyWhen(Readiness.port("127.0.0.1", port))
        .start();
  }

  /** The certificate that clients trust, where there is TLS. */
  Optional<Path> certificate() {
    return certificate;
  }

  /** Deletes what uploads have left. */
  void clear() throws Exception {
    Shell.run("sh", "-c", "rm -f \"$0\"/up-*", served.toString());
  }

  @Override
  public void close() throws Exception {
    server.close();
    nginx.close();
    webdav.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
