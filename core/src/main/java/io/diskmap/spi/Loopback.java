package io.diskmap.spi;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Knows which host names stay on this machine by their text alone, without asking a name server.
 * Any thread may call it.
 */
public final class Loopback {
  private static final Pattern V4 =
      Pattern.compile("127(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}");
  private static final Pattern V6 = Pattern.compile("(0*:){2,7}(0*:)?0*1|::1");

  private Loopback() {}

  /** Whether a host is {@code localhost}, in {@code 127.0.0.0/8}, or {@code ::1}. */
  public static boolean names(String host) {
    String bare = host.toLowerCase(Locale.ROOT);
    if (bare.startsWith("[") && bare.endsWith("]")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    String mapped = bare.startsWith("::ffff:") ? bare.substring(7) : bare;
    return bare.equals("localhost") || V4.matcher(mapped).matches() || V6.matcher(bare).matches();
  }
}
