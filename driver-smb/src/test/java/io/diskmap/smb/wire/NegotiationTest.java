package io.diskmap.smb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NegotiationTest {
  private static final int CONTEXTS_AT = 136;

  /** An answer in SMB 3.1.1 with a hash, a choice of signatures and a cipher. */
  private static ByteBuffer answer(int signing) {
    ByteBuffer out = ByteBuffer.allocate(CONTEXTS_AT + 16 + 16 + 12).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort(68, (short) 0x0311).putShort(70, (short) 3).putShort(124, (short) CONTEXTS_AT);
    context(out, CONTEXTS_AT, 1, 6, 1);
    context(out, CONTEXTS_AT + 16, 8, 4, signing);
    context(out, CONTEXTS_AT + 32, 2, 4, 2);
    return out;
  }

  private static void context(ByteBuffer out, int at, int type, int length, int choice) {
    out.putShort(at, (short) type).putShort(at + 2, (short) length);
    out.putShort(at + 8, (short) 1).putShort(at + 10, (short) choice);
  }

  @Test
  void the_servers_choice_is_taken_out_and_the_rest_stays() throws Exception {
    Negotiation negotiation = new Negotiation();
    assertThat(negotiation.signing()).isEqualTo(Signing.AES_CMAC);
    byte[] shown = negotiation.take(answer(2).array());
    assertThat(negotiation.signing()).isEqualTo(Signing.AES_GMAC);
    ByteBuffer left = ByteBuffer.wrap(shown).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(left.getShort(70)).isEqualTo((short) 2);
    assertThat(left.getShort(CONTEXTS_AT)).isEqualTo((short) 1);
    assertThat(left.getShort(CONTEXTS_AT + 16)).isEqualTo((short) 2);
    assertThat(shown).hasSize(CONTEXTS_AT + 16 + 12);
  }

  @Test
  void digests_are_over_what_was_really_sent() throws Exception {
    Negotiation negotiation = new Negotiation();
    byte[] sent = answer(1).array();
    byte[] shown = negotiation.take(sent);
    var digest = negotiation.security().getDigest("SHA-512");
    digest.update(shown);
    byte[] told = digest.digest();
    assertThat(told)
        .isEqualTo(java.security.MessageDigest.getInstance("SHA-512").digest(sent))
        .isNotEqualTo(java.security.MessageDigest.getInstance("SHA-512").digest(shown));
    assertThat(negotiation.signing()).isEqualTo(Signing.AES_CMAC);
  }

  @Test
  void an_answer_of_an_older_dialect_or_a_refusal_stays_as_it_is() throws Exception {
    Negotiation negotiation = new Negotiation();
    byte[] older = answer(2).putShort(68, (short) 0x0302).array();
    assertThat(negotiation.take(older)).isSameAs(older);
    byte[] refusal = answer(2).putInt(8, NtStatus.ACCESS_DENIED).array();
    assertThat(negotiation.take(refusal)).isSameAs(refusal);
    assertThat(negotiation.signing()).isEqualTo(Signing.AES_CMAC);
  }

  @Test
  void a_choice_that_was_not_offered_and_a_damaged_answer_end_the_log_in() {
    byte[] whole = answer(2).array();
    assertThatThrownBy(() -> new Negotiation().take(answer(7).array()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> new Negotiation().take(answer(2).putShort(124, (short) 60_000).array()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new Negotiation().take(answer(2).putShort(124, (short) 0).array()))
        .isInstanceOf(IOException.class);
    for (int length = CONTEXTS_AT + 1; length < whole.length; length += 3) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> new Negotiation().take(cut)).isInstanceOf(IOException.class);
    }
  }
}
