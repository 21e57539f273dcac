package io.diskmap.testkit.data;

import java.util.List;

/** Groups of valid paths that some store, file system or client takes for one. Stateless. */
final class ConfusableNames {
  private ConfusableNames() {}

  static List<NameGroup> all() {
    return List.of(
        group("NFC and NFD", "n/\u00E4.txt", "n/a\u0308.txt"),
        group("NFC and NFD of Hangul", "h/\uD55C", "h/\u1112\u1161\u11AB"),
        group("NFC and NFD of a directory", "\u00FC/f", "u\u0308/f"),
        group("compatibility forms", "k/\uFB01", "k/fi"),
        group("Angstrom", "k/\u212B", "k/\u00C5", "k/A\u030A"),
        group("case of a file", "c/Report.csv", "c/report.csv", "c/REPORT.CSV"),
        group("case of a directory", "Case/f", "case/f", "CASE/f"),
        group("case beyond ASCII", "c/\u00C4", "c/\u00E4"),
        group("Turkish case", "t/i", "t/I", "t/\u0131", "t/\u0130"),
        group("sharp s", "s/stra\u00DFe", "s/strasse", "s/STRASSE"),
        group("trailing dot", "d/a", "d/a.", "d/a.."),
        group("trailing blank", "b/a", "b/a ", "b/a  ", "b/ a"),
        group("percent and what it encodes", "e/a b", "e/a%20b", "e/a+b", "e/a%2520b"),
        group("percent of a slash", "e2/a/b", "e2/a%2Fb", "e2/a%2fb"),
        group("percent of dots", "e3/a", "e3/%2e%2e/e3/a", "e3/%2e/a"),
        group("fullwidth", "w/a", "w/\uFF41"),
        group("fullwidth dots", "w2/\uFF0E", "w2/\uFF0E\uFF0E"),
        group("invisible characters", "z/a", "z/a\u200B", "z/\uFEFFa", "z/a\u00AD"),
        group("siblings of a prefix", "p/a/b", "p/ab", "p/a.b", "p/a-b", "p/a0", "p/a b"),
        group("extension", "x/nul", "x/nul.txt"),
        group("UTF-16 and UTF-8 order", "o/\uFFE5", "o/\uD83D\uDE00"),
        group("mapped characters", "m/a:b", "m/a*b", "m/a?b", "m/a|b", "m/a\"b", "m/a<b", "m/a>b"),
        group("alternate data stream", "q/x", "q/x:ads", "q/x::$DATA"));
  }

  private static NameGroup group(String label, String... paths) {
    return new NameGroup(label, List.of(paths));
  }
}
