package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Kerberos key distribution centre of this machine on a free port, for a realm of its own. For
 * any thread; one change of state at a time.
 *
 * <p>Any user can run it. All it knows lies in a directory of its own. Its tickets name no groups,
 * so that a file server which belongs to no domain takes them.
 */
public final class Kdc implements AutoCloseable {
  /** The server's program. */
  public static final Tool TOOL = Tool.ofPackage("krb5kdc", "krb5-kdc");

  /** Makes the database. */
  public static final Tool DATABASE = Tool.ofPackage("kdb5_util", "krb5-kdc");

  /** Keeps the principals. */
  public static final Tool ADMIN = Tool.ofPackage("kadmin.local", "krb5-admin-server");

  /** Gets tickets; a package that the centre's needs. */
  public static final Tool KINIT = Tool.ofPackage("kinit", "krb5-user");

  /** The realm. */
  public static final String REALM = "DISKMAP.TEST";

  private static final Duration TIME = Duration.ofSeconds(60);

  private final Path home;
  private final int port;
  private final ServerProcess process;

  private Kdc(Path home, int port, ServerProcess process) {
    this.home = home;
    this.port = port;
    this.process = process;
  }

  /** A running centre that knows nobody yet. */
  public static Kdc start() throws IOException, InterruptedException {
    Path program = TOOL.path();
    Path home = Files.createTempDirectory("diskmap-kdc-");
    int port = FreePort.find();
    Files.writeString(home.resolve("krb5.conf"), settings(port));
    Files.writeString(home.resolve("kdc.conf"), ownSettings(home, port));
    Map<String, String> environment = environment(home);
    DATABASE.run(TIME, environment, "create", "-s", "-r", REALM, "-P", "a test's own").orFail();
    ServerProcess.Builder builder =
        ServerProcess.builder("krb5kdc", List.of(program.toString(), "-n", "-r", REALM))
            .readyWhen(Readiness.port("127.0.0.1", port))
            .grace(Duration.ofSeconds(2));
    environment.forEach(builder::environment);
    return new Kdc(home, port, builder.build().start());
  }

  private static Map<String, String> environment(Path home) {
    return Map.of(
        "KRB5_CONFIG", home.resolve("krb5.conf").toString(),
        "KRB5_KDC_PROFILE", home.resolve("kdc.conf").toString());
  }

  /** Makes a principal with a random key and answers a file of its keys. */
  public Path keytab(String principal) throws IOException, InterruptedException {
    admin("addprinc -randkey " + principal);
    return keysOf(principal);
  }

  /** A file of the keys that a principal has. */
  public Path keysOf(String principal) throws IOException, InterruptedException {
    Path file = Files.createTempFile(home, "keys-", ".keytab");
    Files.delete(file);
    admin("ktadd -k " + file + " -norandkey " + principal);
    if (!Files.exists(file)) {
      throw new IllegalStateException("there are no keys of " + principal);
    }
    return file;
  }

  /** A file with a ticket of a principal, whose keys are in a keytab. */
  public Path ticketCache(String principal, Path keytab) throws IOException, InterruptedException {
    Path file = Files.createTempFile(home, "tickets-", ".cache");
    KINIT
        .run(
            TIME, environment(home), "-c", "FILE:" + file, "-k", "-t", keytab.toString(), principal)
        .orFail();
    return file;
  }

  /** How many tickets it has given to those who prove who they are. */
  public long logins() throws IOException {
    return issued("AS_REQ");
  }

  /** How many tickets for servers it has given. */
  public long serverTickets() throws IOException {
    return issued("TGS_REQ");
  }

  private long issued(String request) throws IOException {
    try (Stream<String> lines = Files.lines(process.logFile())) {
      return lines.filter(line -> line.contains(" " + request) && line.contains("ISSUE")).count();
    }
  }

  /** Makes a principal with a password. */
  public void account(String principal, String password) throws IOException, InterruptedException {
    admin("addprinc -pw \"" + password + "\" " + principal);
  }

  /** Asks for something by the centre's own tool, such as {@code delprinc -force name}. */
  public void admin(String request) throws IOException, InterruptedException {
    ADMIN.run(TIME, environment(home), "-r", REALM, "-q", request).orFail();
  }

  /** The file for {@code java.security.krb5.conf} and {@code KRB5_CONFIG}. */
  public Path settings() {
    return home.resolve("krb5.conf");
  }

  /** The process, for what tests do to it. */
  public ServerProcess process() {
    return process;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Lines for a {@link SambaServer} that trusts this realm by a file of its keys. */
  public static String[] samba(Path keytab) {
    return new String[] {
      "realm = " + REALM,
      "kerberos method = dedicated keytab",
      "dedicated keytab file = FILE:" + keytab
    };
  }

  @Override
  public void close() {
    process.close();
    try (Stream<Path> found = Files.walk(home)) {
      for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the centre's files cannot be removed", e);
    }
  }

  private static String settings(int port) {
    return """
    [libdefaults]
      default_realm = %1$s
      dns_lookup_kdc = false
      dns_lookup_realm = false
      dns_canonicalize_hostname = false
      rdns = false
      udp_preference_limit = 1
      kdc_timeout = 5s
      max_retries = 1
    [realms]
      %1$s = {
        kdc = 127.0.0.1:%2$d
      }
    """
        .formatted(REALM, port);
  }

  private static String ownSettings(Path home, int port) {
    return """
    [kdcdefaults]
      kdc_listen = ""
      kdc_tcp_listen = 127.0.0.1:%3$d
    [realms]
      %1$s = {
        database_name = %2$s/principal
        key_stash_file = %2$s/stash
        acl_file = %2$s/acl
        default_principal_flags = +preauth
        disable_pac = true
      }
    [logging]
      kdc = STDERR
    """
        .formatted(REALM, home, port);
  }
}
