package io.diskmap.smb.wire;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A log-in by Kerberos that failed before the server was asked. Immutable.
 *
 * <p>The JVM tells why by the number of the protocol's error, in brackets inside its message, or by
 * the message alone.
 */
public final class KerberosException extends IOException {
  /** What stood in the way. */
  public enum Reason {
    /** The file of keys cannot be read. */
    KEYTAB,
    /** The key or the password is not the principal's. */
    KEY,
    /** The realm does not know the principal, or lets it in no more. */
    PRINCIPAL,
    /** There is no ticket, or only one that is over. */
    TICKET,
    /** The realm does not know the server. */
    SERVICE,
    /** The clocks differ too much. */
    CLOCK,
    /** The key distribution centre does not answer. */
    KDC,
    /** The JVM does not know the realm. */
    SETTINGS,
    /** Something else, which the message tells. */
    OTHER
  }

  private static final Pattern CODE = Pattern.compile("\\((\\d{1,3})\\)");

  /** The numbers of RFC 4120. */
  private static final Map<Integer, Reason> CODES =
      Map.ofEntries(
          Map.entry(1, Reason.PRINCIPAL),
          Map.entry(6, Reason.PRINCIPAL),
          Map.entry(7, Reason.SERVICE),
          Map.entry(14, Reason.KEY),
          Map.entry(18, Reason.PRINCIPAL),
          Map.entry(23, Reason.PRINCIPAL),
          Map.entry(24, Reason.KEY),
          Map.entry(25, Reason.KEY),
          Map.entry(31, Reason.KEY),
          Map.entry(32, Reason.TICKET),
          Map.entry(33, Reason.TICKET),
          Map.entry(37, Reason.CLOCK));

  /** What the JVM says where the protocol has no number for it. */
  private static final Map<String, Reason> TEXTS =
      Map.of(
          "Unable to obtain password", Reason.KEY,
          "Checksum failed", Reason.KEY,
          "Unable to obtain Principal Name", Reason.TICKET,
          "null credentials from Ticket Cache", Reason.TICKET,
          "Failed to find any Kerberos", Reason.TICKET,
          "Cannot locate default realm", Reason.SETTINGS,
          "Cannot locate KDC", Reason.SETTINGS,
          "Cannot find KDC", Reason.SETTINGS,
          "Could not load configuration", Reason.SETTINGS);

  private final Reason reason;

  /** A failure for this reason. */
  public KerberosException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** The failure of the JVM's own Kerberos. */
  static KerberosException of(Throwable failure) {
    Reason reason = Reason.OTHER;
    Set<Throwable> seen = new HashSet<>();
    Throwable last = failure;
    for (Throwable at = failure; at != null && seen.add(at); at = at.getCause()) {
      last = at;
      Reason told = told(at);
      reason = told == Reason.OTHER ? reason : told;
    }
    return new KerberosException(reason, String.valueOf(last.getMessage()), failure);
  }

  private static Reason told(Throwable failure) {
    if (failure instanceof IOException && isOfTheNetwork(failure)) {
      return Reason.KDC;
    }
    String message = String.valueOf(failure.getMessage());
    for (Map.Entry<String, Reason> text : TEXTS.entrySet()) {
      if (message.contains(text.getKey())) {
        return text.getValue();
      }
    }
    Matcher code = CODE.matcher(message);
    return code.find()
        ? CODES.getOrDefault(Integer.parseInt(code.group(1)), Reason.OTHER)
        : Reason.OTHER;
  }

  private static boolean isOfTheNetwork(Throwable failure) {
    return List.of(
            java.net.SocketException.class,
            java.net.SocketTimeoutException.class,
            java.net.UnknownHostException.class)
        .stream()
        .anyMatch(type -> type.isInstance(failure));
  }
}
