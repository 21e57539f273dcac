package io.diskmap.catalog.http;

import io.diskmap.Secret;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.JsonOut;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bearer tokens that name a user and an end, signed with HMAC-SHA-256: a JSON Web Token (RFC 7519)
 * with the one algorithm {@code HS256}.
 *
 * <p>Thread-safe. A token whose header names another algorithm, or none, is refused before its
 * signature is looked at; signatures are compared in constant time. The key has 32 characters at
 * least; a second live key is taken while keys are changed, and the first one signs.
 */
public final class SignedTokens implements UserAuthenticator {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String BEARER = "Bearer ";
  private static final int LEAST_KEY = 32;
  private static final int MOST_TOKEN = 4096;
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final Duration CLOCKS_APART = Duration.ofSeconds(30);
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final Secret key;
  private final Clock clock;

  private SignedTokens(Secret key, Clock clock) {
    this.key = key;
    this.clock = clock;
  }

  /**
   * Tokens that are signed with this key.
   *
   * @throws IllegalArgumentException where the key is too short to sign with
   */
  public static SignedTokens of(Secret key) {
    return of(key, Clock.systemUTC());
  }

  /** The same by another clock. */
  public static SignedTokens of(Secret key, Clock clock) {
    SignedTokens tokens = new SignedTokens(key, clock);
    tokens.keys();
    return tokens;
  }

  /** A token that names this user, for so long. */
  public String issue(String userId, Duration validFor) {
    if (userId.isEmpty() || validFor.isNegative() || validFor.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a token names a user, for a year at most");
    }
    Instant now = clock.instant();
    byte[] header =
        JsonOut.object(
            out -> {
              out.writeStringField("alg", "HS256");
              out.writeStringField("typ", "JWT");
            });
    byte[] claims =
        JsonOut.object(
            out -> {
              out.writeStringField("sub", userId);
              out.writeNumberField("iat", now.getEpochSecond());
              out.writeNumberField("exp", now.plus(validFor).getEpochSecond());
            });
    String signed = ENCODER.encodeToString(header) + "." + ENCODER.encodeToString(claims);
    return signed + "." + ENCODER.encodeToString(signature(signed, keys().get(0)));
  }

  @Override
  public Optional<String> userOf(HttpExchange request) throws IOException {
    Optional<String> authorization = request.header(Names.AUTHORIZATION);
    if (authorization.isEmpty()
        || !authorization.get().regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Optional.empty();
    }
    return verify(authorization.get().substring(BEARER.length()).strip());
  }

  /** The user whom a token names; empty where it is not genuine, not yet valid, or over. */
  public Optional<String> verify(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || token.length() > MOST_TOKEN) {
      return Optional.empty();
    }
    try {
      JsonObject header = JsonObject.parse(DECODER.decode(parts[0]));
      boolean known = header.optionalText("alg").equals(Optional.of("HS256"));
      if (!known || header.has("crit") || !isSigned(parts)) {
        return Optional.empty();
      }
      return user(JsonObject.parse(DECODER.decode(parts[1])));
    } catch (MalformedException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Every live key is tried, whether an earlier one fits or not. */
  private boolean isSigned(String[] parts) {
    byte[] given = DECODER.decode(parts[2]);
    boolean genuine = false;
    for (byte[] live : keys()) {
      genuine |= MessageDigest.isEqual(signature(parts[0] + "." + parts[1], live), given);
    }
    return genuine;
  }

  private Optional<String> user(JsonObject claims) throws MalformedException {
    long now = clock.instant().getEpochSecond();
    boolean over = claims.number("exp") <= now;
    long begins = claims.optionalNumber("nbf").orElse(0L);
    return over || begins > now + CLOCKS_APART.toSeconds()
        ? Optional.empty()
        : claims.optionalText("sub").filter(user -> !user.isEmpty());
  }

  private List<byte[]> keys() {
    List<String> live = key.live();
    if (live.isEmpty() || live.stream().anyMatch(value -> value.length() < LEAST_KEY)) {
      throw new IllegalArgumentException(
          "the key of tokens has %d characters at least; make one with 'openssl rand -hex 32'"
              .formatted(LEAST_KEY));
    }
    return live.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static byte[] signature(String signed, byte[] live) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(live, ALGORITHM));
      return mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HMAC-SHA-256", e);
    }
  }
}
