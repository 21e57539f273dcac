package io.diskmap.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SignedTokensTest {
  private static final String KEY = "k".repeat(32);
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final SignedTokens tokens = SignedTokens.of(Secret.of(KEY), at(NOW));

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }

  private static String signed(String header, String claims, String key) throws Exception {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String text =
        base64.encodeToString(header.getBytes(StandardCharsets.UTF_8))
            + "."
            + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return text + "." + base64.encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_token_names_its_user_until_its_end() {
    String token = tokens.issue("dr. jöns/ann", Duration.ofMinutes(10));
    assertThat(tokens.verify(token)).contains("dr. jöns/ann");
    assertThat(SignedTokens.of(Secret.of(KEY), at(NOW.plusSeconds(599))).verify(token)).isPresent();
    assertThat(SignedTokens.of(Secret.of(KEY), at(NOW.plusSeconds(600))).verify(token)).isEmpty();
  }

  @Test
  void a_token_of_another_maker_with_the_same_key_is_taken() throws Exception {
    String claims =
        "{\"sub\":\"ann\",\"exp\":%d,\"role\":\"x\"}".formatted(NOW.getEpochSecond() + 9);
    assertThat(tokens.verify(signed("{\"typ\":\"JWT\",\"alg\":\"HS256\"}", claims, KEY)))
        .contains("ann");
  }

  @Test
  void what_is_not_genuine_is_refused() throws Exception {
    long later = NOW.getEpochSecond() + 60;
    String claims = "{\"sub\":\"ann\",\"exp\":" + later + "}";
    String header = "{\"alg\":\"HS256\"}";
    String good = signed(header, claims, KEY);
    String[] parts = good.split("\\.");
    String bobs = signed(header, claims.replace("ann", "bob"), "x".repeat(32));
    List<String> refused =
        List.of(
            "",
            ".",
            "..",
            "a.b.c",
            good + ".",
            good.substring(0, good.length() - 1),
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + bobs.split("\\.")[1] + "." + parts[2],
            bobs,
            signed("{\"alg\":\"none\"}", claims, KEY),
            signed("{\"alg\":\"hs256\"}", claims, KEY),
            signed("{\"alg\":\"HS512\"}", claims, KEY),
            signed("{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", claims, KEY),
            signed("{}", claims, KEY),
            signed(header, "{\"sub\":\"ann\"}", KEY),
            signed(header, "{\"sub\":\"\",\"exp\":" + later + "}", KEY),
            signed(header, "{\"sub\":7,\"exp\":" + later + "}", KEY),
            signed(header, "{\"sub\":\"ann\",\"sub\":\"bob\",\"exp\":" + later + "}", KEY),
            signed(header, "{\"sub\":\"ann\",\"exp\":\"" + later + "\"}", KEY),
            signed(header, "{\"sub\":\"ann\",\"exp\":" + later + ",\"nbf\":" + later + "}", KEY),
            "x".repeat(5000));
    assertThat(tokens.verify(good)).contains("ann");
    for (String token : refused) {
      assertThat(tokens.verify(token)).as(token).isEmpty();
    }
  }

  @Test
  void two_keys_are_live_while_they_change() {
    String old = tokens.issue("ann", Duration.ofMinutes(10));
    String newKey = "n".repeat(32);
    SignedTokens both = SignedTokens.of(Secret.of(newKey + "," + KEY), at(NOW));
    assertThat(both.verify(old)).contains("ann");
    assertThat(tokens.verify(both.issue("bob", Duration.ofMinutes(1)))).isEmpty();
    assertThat(SignedTokens.of(Secret.of(newKey), at(NOW)).verify(old)).isEmpty();
  }

  @Test
  void a_short_key_and_an_endless_token_are_refused() {
    assertThatThrownBy(() -> SignedTokens.of(Secret.of("short")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("short,");
    assertThatThrownBy(() -> tokens.issue("ann", Duration.ofDays(4000)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
