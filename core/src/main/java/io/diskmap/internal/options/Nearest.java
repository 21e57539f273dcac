package io.diskmap.internal.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that was probably meant by an unknown one. Any thread may call it. */
public final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /**
   * The known word with the fewest typing mistakes between, if they are at most a third of its
   * letters, or a known word that goes on from the given one or is continued by it.
   */
  public static Optional<String> of(String given, Collection<String> known) {
    if (given.length() > LONGEST) {
      return Optional.empty();
    }
    String lower = given.toLowerCase(Locale.ROOT).replace('-', '_');
    return known.stream()
        .filter(word -> near(lower, word.replace('-', '_')))
        .min(
            Comparator.<String>comparingInt(word -> distance(lower, word.replace('-', '_')))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static boolean near(String given, String word) {
    int most = Math.max(1, Math.max(given.length(), word.length()) / 3);
    boolean begins = given.length() >= 3 && (word.startsWith(given) || given.startsWith(word));
    return begins || distance(given, word) <= most;
  }

  /** How many letters to add, drop, change, or swap with their neighbour. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
