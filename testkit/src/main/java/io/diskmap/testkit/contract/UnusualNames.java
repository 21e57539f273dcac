package io.diskmap.testkit.contract;

import java.util.List;

/** Segments that a store or a protocol may treat as special, and that are valid names. Stateless. */
final class UnusualNames {
  private static final List<String> ALL =
      List.of(
          " ", "  leading", "trailing ", "trailing.", "...", "..a", ".hidden", "-rf", "--", "~", "#",
          "?", "*", "a*b?", "[x]", "{a,b}", "$HOME", "`id`", "$(id)", ";", "&", "|", "<>", "\"q\"",
          "'", "!", "%", "%25", "%2F", "%2e%2e", "%00", "+", "a+b c", "=", "a=b&c", ":", "C:", "c:x",
          "a:b:$DATA", "@", "@eaDir", "CON", "nul", "COM1.txt", "aux", "LPT1", "desktop.ini",
          "Thumbs.db", ".DS_Store", "._x", ".nfs000001", ".git", "diskmap", ".disk", "x.diskmap",
          "caf\u00e9", "cafe\u0301", "\u1e9e\u00df", "\u0130\u0131", "\u4e2d\u6587", "\u0639\u0631",
          "\u05e2\u202e\u05d1", "\ud83d\ude00", "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
          "\ud800\udc00", "\ud83f\udfff", "\uff21", "\uffff", "\ufffd", "\ufeffbom", "\u200b",
          "\u00a0", "\u2028", "\u00adsoft", "a\ud834\udd1e", "\ufb01", "x".repeat(255));

  private UnusualNames() {}

  static List<String> all() {
    return ALL;
  }
}
