package io.diskmap.nfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.nfs.rpc.RpcException.Reason;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Call and reply headers on the byte layouts of RFC 5531. */
class RpcMessagesTest {
  private static void read(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    RpcMessages.readReply(new XdrReader(ByteBuffer.wrap(bytes)), 0x10);
  }

  private static Reason reason(String hex) {
    try {
      read(hex);
      throw new AssertionError("accepted");
    } catch (RpcException e) {
      return e.reason();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_call_carries_program_version_procedure_and_the_users_numbers() {
    XdrWriter out = new XdrWriter();
    AuthSys user = new AuthSys("pc", 1000, 100, List.of(5, 6));
    RpcMessages.writeCall(out, 0x10, 100003, 4, 1, user);
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(
            "00000010"
                + "00000000"
                + "00000002"
                + "000186a3"
                + "00000004"
                + "00000001"
                + "00000001"
                + "00000020"
                + "00000000"
                + "00000002"
                + "70630000"
                + "000003e8"
                + "00000064"
                + "00000002"
                + "00000005"
                + "00000006"
                + "00000000"
                + "00000000");
  }

  @Test
  void a_success_is_read_up_to_its_results() throws Exception {
    read("00000010 00000001 00000000 00000000 00000000 00000000");
    read("00000010 00000001 00000000 00000001 00000004 aabbccdd 00000000");
  }

  @Test
  void refusals_say_why() {
    assertThat(reason("00000010 00000001 00000001 00000001 00000005"))
        .isEqualTo(Reason.AUTHENTICATION);
    assertThat(reason("00000010 00000001 00000001 00000000 00000002 00000002"))
        .isEqualTo(Reason.NOT_SERVED);
    assertThat(reason("00000010 00000001 00000000 00000000 00000000 00000001"))
        .isEqualTo(Reason.NOT_SERVED);
    assertThat(reason("00000010 00000001 00000000 00000000 00000000 00000004"))
        .isEqualTo(Reason.OTHER);
  }

  @Test
  void what_is_no_reply_to_the_call_is_refused() {
    for (String hex :
        List.of(
            "00000011 00000001 00000000 00000000 00000000 00000000",
            "00000010 00000000 00000000 00000000 00000000 00000000",
            "00000010 00000001 00000000 00000000 7fffffff 00000000",
            "00000010 00000001 00000000 00000000",
            "00000010")) {
      assertThatThrownBy(() -> read(hex)).as(hex).isInstanceOf(XdrException.class);
    }
  }

  @Test
  void more_groups_than_the_protocol_has_room_for_are_refused() {
    List<Integer> groups = java.util.stream.IntStream.range(0, 17).boxed().toList();
    assertThatThrownBy(() -> new AuthSys("pc", 0, 0, groups))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
