package io.diskmap.nfs.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.nfs.v4.OpReader.DirectoryPage;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Operations and their results on byte layouts written from RFC 8881 and RFC 7862. */
class CompoundTest {
  private static final String SESSION = "000102030405060708090a0b0c0d0e0f";
  private static final String STATE = "00000007" + "101112131415161718191a1b";
  private static final FileHandle HANDLE = new FileHandle(new byte[] {(byte) 0xAA, (byte) 0xBB});

  private static String encode(Request.Encoder operations) {
    XdrWriter out = new XdrWriter();
    OpWriter ops = new OpWriter(out, 2, 0x1122L);
    operations.encode(ops);
    ops.end();
    return HexFormat.of().formatHex(out.toByteArray());
  }

  private static OpReader results(String hex) throws XdrException {
    return new OpReader(new XdrReader(ByteBuffer.wrap(bytes(hex))), 0);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static String ok(int count) {
    return "00000000 00000000 %08x".formatted(count);
  }

  @Test
  void a_read_takes_a_slot_and_names_handle_state_offset_and_count() {
    String encoded =
        encode(
            out -> {
              out.sequence(bytes(SESSION), 3, 2, 63, false);
              out.putFh(HANDLE).read(StateId.NONE, 1L << 32, 4096);
            });
    assertThat(encoded)
        .isEqualTo(
            "00000000"
                + "00000002"
                + "00000003"
                + "00000035"
                + SESSION
                + "00000003"
                + "00000002"
                + "0000003f"
                + "00000000"
                + "00000016"
                + "00000002"
                + "aabb0000"
                + "00000019"
                + "00000000"
                + "000000000000000000000000"
                + "0000000100000000"
                + "00001000");
  }

  @Test
  void an_open_of_a_new_file_is_guarded_and_wants_no_delegation() {
    String encoded = encode(out -> out.openNew("f", new NewFile(0640, Optional.of("7")), 5));
    assertThat(encoded)
        .isEqualTo(
            "00000000"
                + "00000002"
                + "00000001"
                + "00000012"
                + "00000000"
                + "00000403"
                + "00000000"
                + "0000000000001122"
                + "00000008"
                + "0000000000000005"
                + "00000001"
                + "00000001"
                + "00000002"
                + "00000000"
                + "00000022"
                + "0000000c"
                + "000001a0"
                + "00000001"
                + "37000000"
                + "00000000"
                + "00000001"
                + "66000000");
  }

  @Test
  void write_rename_and_link_are_laid_out_as_the_protocol_says() {
    assertThat(
            encode(out -> out.write(StateId.CURRENT, 8, true, ByteBuffer.wrap(new byte[] {1, 2}))))
        .endsWith(
            "00000026"
                + "00000001"
                + "000000000000000000000000"
                + "0000000000000008"
                + "00000002"
                + "00000002"
                + "01020000");
    assertThat(encode(out -> out.saveFh().putRootFh().rename("a", "b")))
        .endsWith("00000020" + "00000018" + "0000001d" + "0000000161000000" + "0000000162000000");
    assertThat(encode(out -> out.link("b"))).endsWith("0000000b" + "0000000162000000");
  }

  @Test
  void a_session_is_asked_for_as_the_protocol_says() {
    SessionLimits wanted = new SessionLimits(0x100000, 0x100000, 0x1000, 64, 16);
    assertThat(encode(out -> out.createSession(0x55, 9, wanted)))
        .endsWith(
            "0000002b"
                + "0000000000000055"
                + "00000009"
                + "00000000"
                + "00000000"
                + "00100000"
                + "00100000"
                + "00001000"
                + "00000040"
                + "00000010"
                + "00000000"
                + "00000000"
                + "00001000"
                + "00001000"
                + "00000000"
                + "00000002"
                + "00000001"
                + "00000000"
                + "40000000"
                + "00000001"
                + "00000000");
    assertThat(encode(out -> out.exchangeId(new byte[] {1, 2, 3}, bytes("0102030405060708"))))
        .endsWith(
            "0000002a"
                + "0102030405060708"
                + "00000003"
                + "01020300"
                + "00000000"
                + "00000000"
                + "00000000");
  }

  @Test
  void the_copies_inside_the_server_name_both_states_and_wait_for_their_end() throws Exception {
    String states = "00000001" + "0".repeat(24) + "00000000" + "0".repeat(24);
    assertThat(encode(out -> out.saveFh().cloneRange(StateId.CURRENT, StateId.NONE, 4096, 8192)))
        .endsWith(
            "00000047" + states + "0000000000001000" + "0000000000001000" + "0000000000002000");
    assertThat(encode(out -> out.saveFh().copyRange(StateId.CURRENT, StateId.NONE, 0, 8192)))
        .endsWith(
            "0000003c"
                + states
                + "0000000000000000"
                + "0000000000000000"
                + "0000000000002000"
                + "00000000"
                + "00000001"
                + "00000000");
    String copied = "0000000000001234 00000000 0000000000000abc 00000001 00000001";
    OpReader.WriteResult result =
        results(ok(1) + "0000003c 00000000 00000000" + copied).copyRange();
    assertThat(result).isEqualTo(new OpReader.WriteResult(0x1234, false, 0xABC));
    assertThatThrownBy(
            () -> results(ok(1) + "0000003c 00000000 00000001" + STATE + copied).copyRange())
        .as("a copy that goes on behind the answer")
        .isInstanceOf(XdrException.class);
    assertThatThrownBy(
            () -> results("0000276e 00000000 00000001 0000003c 0000276e 00000000").copyRange())
        .isInstanceOfSatisfying(
            NfsStatusException.class,
            e -> assertThat(e.status()).isEqualTo(Status.OFFLOAD_NO_REQS));
  }

  @Test
  void the_kinds_of_security_have_their_usual_names() throws Exception {
    String kerberos = "00000006 00000009 2a864886f712010202000000 00000000 0000000";
    assertThat(
            results(
                    ok(1)
                        + "00000021 00000000 00000005 00000000 00000001 "
                        + kerberos
                        + "1 "
                        + kerberos
                        + "2 "
                        + kerberos
                        + "3")
                .security())
        .containsExactly("none", "sys", "krb5", "krb5i", "krb5p");
  }

  @Test
  void states_are_tested_together_and_freed_one_by_one() throws Exception {
    assertThat(encode(out -> out.testStates(java.util.List.of(StateId.NONE, StateId.CURRENT))))
        .endsWith("00000037" + "00000002" + "0".repeat(32) + "00000001" + "0".repeat(24));
    assertThat(encode(out -> out.freeState(StateId.NONE))).endsWith("0000002d" + "0".repeat(32));
    assertThat(results(ok(1) + "00000037 00000000 00000002 00000000 0000271b").testStates())
        .containsExactly(0, Status.EXPIRED);
  }

  @Test
  void an_exchange_id_is_read_with_its_owner_scope_and_implementation() throws Exception {
    OpReader.ClientIdResult client =
        results(
                ok(1)
                    + "0000002a 00000000 0000000000000055 00000001 80010000 00000000"
                    + "0000000000000001 00000002 61620000 00000001 63000000"
                    + "00000001 00000001 64000000 00000001 65000000 0000000000000001 00000000")
            .exchangeId();
    assertThat(client.clientId()).isEqualTo(0x55);
    assertThat(client.sequence()).isEqualTo(1);
    assertThat(client.confirmed()).isTrue();
  }

  @Test
  void a_session_uses_no_more_than_the_server_grants_and_the_client_wants() throws Exception {
    SessionLimits wanted = new SessionLimits(0x100000, 0x100000, 0x1000, 64, 16);
    String head = ok(1) + "0000002b 00000000" + SESSION + "00000001 00000000";
    String back = "00000000 00001000 00001000 00000000 00000002 00000001 00000000";
    OpReader.SessionResult made =
        results(head + "00000000 00080000 7fffffff 00000800 00000020 00000040 00000000" + back)
            .createSession(wanted);
    assertThat(made.limits()).isEqualTo(new SessionLimits(0x80000, 0x100000, 0x800, 32, 16));
    assertThatThrownBy(
            () ->
                results(
                        head
                            + "00000000 00000100 00000100 00000800 00000020 00000040 00000000"
                            + back)
                    .createSession(wanted))
        .isInstanceOf(XdrException.class);
  }

  @Test
  void attributes_come_in_the_order_of_their_numbers() throws Exception {
    Attributes file =
        results(
                ok(1)
                    + "00000009 00000000 00000002 0010001a 00300002"
                    + "00000038 00000001 0000000000000009 0000000000001000 0000000000000042"
                    + "000001a4 00000000 5f5e1000 00000001 00000000 5f5e1001 00000002")
            .getAttr();
    assertThat(file.kind()).isEqualTo(FileKind.FILE);
    assertThat(file.change()).isEqualTo(9);
    assertThat(file.size()).isEqualTo(0x1000);
    assertThat(file.fileId()).isEqualTo(0x42);
    assertThat(file.mode()).hasValue(0644);
    assertThat(file.modified()).isAfter(Instant.EPOCH);
  }

  @Test
  void a_page_of_a_directory_is_read_entry_by_entry() throws Exception {
    String none = "00000000 00000000";
    DirectoryPage page =
        results(
                ok(1)
                    + "0000001a 00000000 0000000000000000"
                    + "00000001 0000000000000003 00000001 61000000"
                    + none
                    + "00000001 0000000000000004 00000002 ff620000"
                    + none
                    + "00000000 00000001")
            .readDir();
    assertThat(page.end()).isTrue();
    assertThat(page.entries()).hasSize(2);
    assertThat(page.entries().get(1).cookie()).isEqualTo(4);
    assertThat(page.entries().get(1).name()).containsExactly(0xFF, 'b');
  }

  @Test
  void an_operation_that_failed_says_which_and_what_was_done_before() throws Exception {
    OpReader in = results("0000000d 00000000 00000002 00000016 00000000 0000000f 0000000d");
    in.putFh();
    assertThatThrownBy(() -> in.lookup(1))
        .isInstanceOfSatisfying(
            NfsStatusException.class,
            e -> {
              assertThat(e.status()).isEqualTo(Status.ACCESS);
              assertThat(e.operation()).isEqualTo("LOOKUP");
              assertThat(e.isAfterChange()).isFalse();
            });
    OpReader after =
        results(
            "00000005 00000000 00000002 0000001c 00000000 00000000"
                + "0000000000000001 0000000000000002 0000001c 00000005");
    after.remove();
    assertThatThrownBy(after::remove)
        .isInstanceOfSatisfying(
            NfsStatusException.class, e -> assertThat(e.isAfterChange()).isTrue());
  }

  @Test
  void a_compound_that_was_refused_as_a_whole_says_so() throws Exception {
    assertThatThrownBy(() -> results("00002725 00000000 00000000").exchangeId())
        .isInstanceOfSatisfying(
            NfsStatusException.class,
            e -> assertThat(e.status()).isEqualTo(Status.MINOR_VERS_MISMATCH));
  }

  @Test
  void an_open_that_brings_a_delegation_is_refused_and_a_reason_for_none_is_read()
      throws Exception {
    String open =
        "00000012 00000000"
            + STATE
            + "00000001 0000000000000001 0000000000000002 00000000 00000000";
    assertThat(results(ok(1) + open + "00000003 00000002 00000000").open()).isNotNull();
    assertThatThrownBy(() -> results(ok(1) + open + "00000001").open())
        .isInstanceOf(XdrException.class);
  }

  @Test
  void damaged_results_end_in_our_exceptions_only() throws Exception {
    byte[] good =
        bytes(
            ok(4)
                + "00000016 00000000"
                + "00000012 00000000"
                + STATE
                + "00000001 0000000000000001 0000000000000002 00000000 00000000 00000000"
                + "0000001a 00000000 0000000000000000"
                + "00000001 0000000000000003 00000001 61000000 00000000 00000000"
                + "00000000 00000001"
                + "00000019 00000000 00000001 00000004 01020304");
    readAll(good);
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bad = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(3) == 0 ? random.nextInt(bad.length) : bad.length;
      try {
        readAll(java.util.Arrays.copyOf(bad, length));
      } catch (XdrException | NfsStatusException expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
    }
  }

  private static void readAll(byte[] message) throws XdrException, NfsStatusException {
    OpReader in = new OpReader(new XdrReader(ByteBuffer.wrap(message)), 0);
    in.putFh().open();
    in.readDir();
    in.read(ByteBuffer.allocate(4));
  }
}
