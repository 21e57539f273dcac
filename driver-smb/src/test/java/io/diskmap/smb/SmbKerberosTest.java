package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.Kdc;
import io.diskmap.testkit.server.NeedsKdc;
import io.diskmap.testkit.server.SambaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Log-ins by Kerberos, with a key distribution centre and a server that trusts it. */
@NeedsKdc
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmbKerberosTest {
  private static final String SETTINGS = "java.security.krb5.conf";
  private static final String PASSWORD = "a ticket's own: pass word";
  private static final String KERBEROS = "\"auth\":\"kerberos\"";

  @TempDir Path temp;
  private @Nullable String settingsBefore;
  private Kdc kdc;
  private Path keys;
  private Path serverKeys;
  private SmbDisks disks;

  @BeforeAll
  void start() throws Exception {
    settingsBefore = System.getProperty(SETTINGS);
    kdc = Kdc.start();
    System.setProperty(SETTINGS, kdc.settings().toString());
    kdc.account(SambaServer.user(), PASSWORD);
    keys = kdc.keysOf(SambaServer.user());
    serverKeys = kdc.keytab("cifs/127.0.0.1");
    disks = new SmbDisks(Kdc.samba(serverKeys));
  }

  @AfterAll
  void stop() throws IOException {
    disks.close();
    kdc.close();
    if (settingsBefore == null) {
      System.clearProperty(SETTINGS);
    } else {
      System.setProperty(SETTINGS, settingsBefore);
    }
  }

  private static String keytab(Path file) {
    return "\"keytab\":\"" + file + '"';
  }

  private static StorageException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StorageException.class, call);
  }

  private static void useAll(Storage storage, String name) throws IOException {
    SeededContent content = new SeededContent(name.hashCode(), 5L << 20);
    storage.save(name + "/long", Content.of(content.stream()));
    storage.save(name + "/short", Content.of("x"));
    try (Download in = storage.download(name + "/long")) {
      content.assertEquals(in);
    }
    assertThat(storage.metadata(name + "/short").size()).isEqualTo(1);
    try (var listing = storage.list(name)) {
      assertThat(listing).hasSize(2);
    }
    assertThat(storage.delete(name + "/long")).isTrue();
  }

  @Test
  void a_keytab_logs_in_and_its_key_protects_all_messages() throws Exception {
    Map<String, String> signed =
        Map.of(
            "2.1", "signed HMAC-SHA256",
            "3.0.2", "signed AES-128-CMAC",
            "3.1.1", "signed AES-128-GMAC");
    for (Map.Entry<String, String> each : signed.entrySet()) {
      String dialect = "\"max_dialect\":\"" + each.getKey() + '"';
      Storage plain = disks.open(KERBEROS, keytab(keys), dialect, "\"encryption\":\"off\"");
      assertThat(plain.health().details().get("protection")).isEqualTo(each.getValue());
      useAll(plain, "signed-" + each.getKey());
      if (!each.getKey().startsWith("2")) {
        Storage sealed = disks.open(KERBEROS, keytab(keys), dialect, "\"encryption\":\"required\"");
        assertThat(sealed.health().details().get("protection")).startsWith("encrypted");
        useAll(sealed, "encrypted-" + each.getKey());
      }
    }
  }

  @Test
  void a_password_gets_a_ticket() throws Exception {
    String user = "\"username\":\"" + SambaServer.user() + '@' + Kdc.REALM + '"';
    useAll(disks.open(KERBEROS, user, "\"password\":\"" + PASSWORD + '"'), "by-password");
    StorageException e = failure(() -> disks.open(KERBEROS, user, "\"password\":\"not this one\""));
    assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(e).hasMessageContaining("correct the password");
    assertThat(e.toString()).doesNotContain("not this one");
  }

  @Test
  void a_ticket_cache_is_read_for_each_session() throws Exception {
    Path cache = kdc.ticketCache(SambaServer.user(), keys);
    Storage storage = disks.open(KERBEROS, "\"ticket_cache\":\"" + cache + '"');
    useAll(storage, "cached");
    disks.server.kill();
    disks.server.start();
    assertThat(storage.exists("cached/short")).isTrue();
    Files.delete(cache);
    disks.server.dropConnections();
    StorageException e = failure(() -> storage.metadata("cached/short"));
    assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(e).hasMessageContaining("renew the ticket cache");
  }

  @Test
  void a_session_that_broke_is_replaced_with_a_fresh_ticket() throws Exception {
    Storage storage = disks.open(KERBEROS, keytab(keys));
    useAll(storage, "restarted");
    long before = kdc.logins();
    disks.server.kill();
    disks.server.start();
    assertThat(storage.exists("restarted/short")).isTrue();
    assertThat(kdc.logins()).isGreaterThan(before);
  }

  @Test
  void a_session_whose_ticket_is_over_is_replaced() throws Exception {
    kdc.admin("modprinc -maxlife \"8 seconds\" " + SambaServer.user());
    try {
      Storage storage = disks.open(KERBEROS, keytab(keys));
      storage.save("short-lived", Content.of("x"));
      long before = kdc.logins();
      Eventually.holds(
          "another session is there", () -> storage.exists("short-lived") && kdc.logins() > before);
    } finally {
      kdc.admin("modprinc -maxlife \"1 day\" " + SambaServer.user());
    }
  }

  @Test
  void a_keytab_that_is_missing_or_has_other_keys_is_said_so() throws Exception {
    assertThat(failure(() -> disks.open(KERBEROS, keytab(temp.resolve("none")))))
        .hasMessageContaining("option keytab")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNAUTHENTICATED);
    Path others = kdc.keytab("somebody-else");
    assertThat(failure(() -> disks.open(KERBEROS, keytab(others))))
        .hasMessageContaining("write the keytab anew")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNAUTHENTICATED);
    kdc.admin("cpw -randkey somebody-else");
    assertThat(
            failure(() -> disks.open(KERBEROS, keytab(others), "\"username\":\"somebody-else\"")))
        .hasMessageContaining("write the keytab anew")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNAUTHENTICATED);
  }

  @Test
  void a_principal_that_the_realm_does_not_know_is_said_so() throws Exception {
    Path gone = kdc.keytab("once-there");
    kdc.admin("delprinc -force once-there");
    assertThat(failure(() -> disks.open(KERBEROS, keytab(gone), "\"username\":\"once-there\"")))
        .hasMessageContaining("does not know the principal")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNAUTHENTICATED);
  }

  @Test
  void a_server_that_the_realm_does_not_know_is_said_so() {
    assertThat(failure(() -> disks.open(KERBEROS, keytab(keys), "\"host\":\"localhost\"")))
        .hasMessageContaining("cifs/")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNAUTHENTICATED);
  }

  @Test
  void a_server_without_kerberos_is_said_so() throws Exception {
    try (SmbDisks alone = new SmbDisks()) {
      assertThat(failure(() -> alone.open(KERBEROS, keytab(keys))))
          .hasMessageContaining("option auth")
          .extracting(StorageException::kind)
          .isEqualTo(ErrorKind.UNSUPPORTED);
    }
  }

  /** Who the user is it asks its domain, which is not there. */
  @Test
  void a_member_of_a_domain_that_lists_kerberos_is_sent_a_ticket() throws Exception {
    List<String> lines = new ArrayList<>(List.of(Kdc.samba(serverKeys)));
    lines.add("server role = member server");
    lines.add("security = ads");
    try (SmbDisks member = new SmbDisks(lines.toArray(new String[0]))) {
      long before = kdc.serverTickets();
      assertThat(failure(() -> member.open(KERBEROS, keytab(keys)).exists("f")))
          .hasMessageNotContaining("option auth");
      assertThat(kdc.serverTickets()).isGreaterThan(before);
    }
  }

  @Test
  void a_centre_that_is_not_there_and_a_realm_that_nobody_names_are_said_so() throws Exception {
    kdc.process().kill9();
    try {
      assertThat(
              failure(() -> disks.open(KERBEROS, keytab(keys), "\"timeout\":\"8s\"").exists("f")))
          .hasMessageContaining("key distribution centre does not answer")
          .extracting(StorageException::kind)
          .isEqualTo(ErrorKind.UNAVAILABLE);
    } finally {
      kdc.process().start();
    }
    Path nothing = Files.writeString(temp.resolve("krb5.conf"), "[libdefaults]\n");
    System.setProperty(SETTINGS, nothing.toString());
    try {
      assertThat(failure(() -> disks.open(KERBEROS, keytab(keys))))
          .hasMessageContaining("/etc/krb5.conf")
          .extracting(StorageException::kind)
          .isEqualTo(ErrorKind.UNSUPPORTED);
    } finally {
      System.setProperty(SETTINGS, kdc.settings().toString());
    }
  }

  @Test
  void the_options_name_one_source_of_tickets() {
    assertThat(failure(() -> disks.open(KERBEROS)))
        .hasMessageContaining("one of keytab, ticket_cache and password")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNSUPPORTED);
    assertThat(failure(() -> disks.open(keytab(keys))))
        .hasMessageContaining("set auth to kerberos")
        .extracting(StorageException::kind)
        .isEqualTo(ErrorKind.UNSUPPORTED);
  }
}
