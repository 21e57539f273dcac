package io.diskmap.smb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class CryptoTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final int[] LENGTHS = {1, 15, 16, 17, 64, 1023, 1024, 1025, 4096, 100_003};

  /** The vectors of RFC 4493. */
  @Test
  void cmac_gives_the_codes_of_its_standard() throws Exception {
    byte[] key = HEX.parseHex("2b7e151628aed2a6abf7158809cf4f3c");
    byte[] text =
        HEX.parseHex(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
    CmacSigner signer = new CmacSigner(key);
    assertThat(cmac(signer, text, 0)).isEqualTo("bb1d6929e95937287fa37d129b756746");
    assertThat(cmac(signer, text, 16)).isEqualTo("070a16b46b4d4144f79bdd9dd04a287c");
    assertThat(cmac(signer, text, 40)).isEqualTo("dfa66747de9ae63030ca32611497c827");
    assertThat(cmac(signer, text, 64)).isEqualTo("51f0bebf7e3b9d92fc49741779363cfe");
  }

  private static String cmac(CmacSigner signer, byte[] text, int length) throws Exception {
    signer.update(text, 0, length);
    return HEX.formatHex(signer.finish());
  }

  @Test
  void cmac_does_not_depend_on_how_the_text_is_cut() throws Exception {
    byte[] key = new byte[16];
    byte[] text = new byte[5000];
    new Random(1).nextBytes(text);
    CmacSigner whole = new CmacSigner(key);
    whole.update(text, 0, text.length);
    byte[] expected = whole.finish();
    for (int cut : new int[] {1, 7, 16, 31, 1024, 4999}) {
      CmacSigner parts = new CmacSigner(key);
      for (int at = 0; at < text.length; at += cut) {
        parts.update(text, at, Math.min(cut, text.length - at));
      }
      assertThat(parts.finish()).as("cut by %d", cut).isEqualTo(expected);
    }
  }

  @Test
  void gmac_gives_the_tags_of_the_platform_for_a_header_alone() throws Exception {
    byte[] key = new byte[16];
    new Random(4).nextBytes(key);
    GmacSigner signer = new GmacSigner(key);
    long messageId = 0x0102_0304_0506_0700L;
    for (int length : LENGTHS) {
      byte[] text = new byte[length];
      new Random(length).nextBytes(text);
      for (boolean isAnswer : new boolean[] {false, true}) {
        byte[] nonce = new byte[12];
        ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN).putLong(++messageId);
        nonce[8] = (byte) (isAnswer ? 1 : 0);
        byte[] expected = platform(key, nonce, text, new byte[0]);
        for (int cut : new int[] {7, 1024, 2000, length}) {
          signer.begin(-messageId, isAnswer);
          signer.update(text, 0, length);
          signer.finish();
          signer.begin(messageId, isAnswer);
          for (int at = 0; at < length; at += cut) {
            signer.update(text, at, Math.min(cut, length - at));
          }
          assertThat(signer.finish()).as("%d cut by %d", length, cut).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void gcm_makes_and_reads_what_the_platform_makes_in_one_piece() throws Exception {
    byte[] key = new byte[16];
    new Random(2).nextBytes(key);
    byte[] header = new byte[32];
    GcmCipher cipher = new GcmCipher(key, key);
    byte count = 0;
    for (int length : LENGTHS) {
      byte[] text = new byte[length];
      new Random(length).nextBytes(text);
      byte[] nonce = new byte[12];
      nonce[0] = ++count;
      byte[] expected = platform(key, nonce, header, text);
      ByteBuffer sealed = ByteBuffer.wrap(text.clone());
      byte[] tag = cipher.encrypt(nonce, header, sealed);
      assertThat(sealed.array()).isEqualTo(Arrays.copyOf(expected, length));
      assertThat(tag).isEqualTo(Arrays.copyOfRange(expected, length, length + 16));
      byte[] opened = new byte[length];
      nonce[1] = 1;
      cipher.decrypt(nonce, header, platform(key, nonce, header, text), 0, length, opened);
      assertThat(opened).isEqualTo(text);
    }
  }

  private static byte[] platform(byte[] key, byte[] nonce, byte[] header, byte[] text)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(header);
    return cipher.doFinal(text);
  }

  @Test
  void gcm_refuses_a_message_of_which_one_bit_is_turned() throws Exception {
    byte[] key = new byte[16];
    byte[] header = new byte[32];
    GcmCipher cipher = new GcmCipher(key, key);
    for (int at : new int[] {0, 1000, 2999, 3000, 3015}) {
      byte[] nonce = new byte[12];
      nonce[3] = (byte) at;
      nonce[4] = (byte) (at >> 8);
      byte[] sealed = platform(key, nonce, header, new byte[3000]);
      sealed[at] ^= 1;
      byte[] opened = new byte[3000];
      assertThatThrownBy(() -> cipher.decrypt(nonce, header, sealed, 0, 3000, opened))
          .isInstanceOf(AEADBadTagException.class);
      assertThat(opened).containsOnly(0);
    }
  }

  @Test
  void a_frame_that_was_sealed_is_opened_again_and_one_that_was_changed_is_not() throws Exception {
    byte[] key = new byte[16];
    List<Supplier<BlockCipher>> ciphers =
        List.of(() -> new GcmCipher(key, key), () -> new CcmCipher(key, key));
    for (Supplier<BlockCipher> cipher : ciphers) {
      for (int length : new int[] {64, 100, 5000}) {
        EncryptedSeal seal = new EncryptedSeal(cipher.get(), 7);
        byte[] text = new byte[length];
        new Random(length).nextBytes(text);
        byte[] frame = sealed(seal, text);
        ByteBuffer opened =
            new EncryptedSeal(cipher.get(), 7).open(frame.clone(), frame.length - 16);
        byte[] got = new byte[length];
        opened.get(got);
        assertThat(got).isEqualTo(text);
        for (int at : new int[] {5, 21, 53, frame.length - 17}) {
          byte[] changed = frame.clone();
          changed[at] ^= 4;
          assertThatThrownBy(
                  () -> new EncryptedSeal(cipher.get(), 7).open(changed, frame.length - 16))
              .isInstanceOf(IOException.class);
        }
        byte[] other = sealed(seal, text);
        assertThatThrownBy(() -> new EncryptedSeal(cipher.get(), 8).open(other, other.length - 16))
            .isInstanceOf(IOException.class);
      }
    }
  }

  /** The frame and the room behind it that the opener may use. */
  private static byte[] sealed(EncryptedSeal seal, byte[] text) throws IOException {
    int start = seal.headroom();
    ByteBuffer frame = ByteBuffer.allocate(start + text.length).order(ByteOrder.LITTLE_ENDIAN);
    frame.put(start, text);
    seal.seal(frame, start, new int[] {start});
    return Arrays.copyOf(frame.array(), frame.capacity() + 16);
  }

  @Test
  void a_signed_message_is_taken_and_one_that_was_changed_or_not_signed_is_not() throws Exception {
    for (Signing signing : Signing.values()) {
      Supplier<SignedSeal> peer = () -> SignedSeal.of(signing, new byte[16]);
      ByteBuffer frame = ByteBuffer.allocate(300).order(ByteOrder.LITTLE_ENDIAN);
      new Random(3).ints(300).forEach(each -> frame.put((byte) each));
      frame.putInt(16, 0).put(48, new byte[16]).clear();
      peer.get().seal(frame, 0, new int[] {0});
      peer.get().verify(copy(frame));
      for (int at : new int[] {0, 20, 50, 64, 299}) {
        ByteBuffer changed = copy(frame);
        changed.put(at, (byte) (changed.get(at) ^ 1));
        assertThatThrownBy(() -> peer.get().verify(changed)).isInstanceOf(IOException.class);
      }
      ByteBuffer open = copy(frame);
      open.putInt(16, 0);
      assertThatThrownBy(() -> peer.get().verify(open)).hasMessageContaining("without a signature");
    }
  }

  private static ByteBuffer copy(ByteBuffer frame) {
    return ByteBuffer.wrap(frame.array().clone()).order(ByteOrder.LITTLE_ENDIAN);
  }
}
