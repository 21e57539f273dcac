package io.diskmap.testkit.data;

import java.util.List;

/** The paths that clause P1 refuses. Stateless. */
final class RefusedNames {
  private RefusedNames() {}

  static List<Name> all() {
    NameList names = new NameList();
    slashes(names);
    dots(names);
    characters(names);
    lengths(names);
    reserved(names);
    return names.done();
  }

  private static void slashes(NameList names) {
    names
        .add("empty", "")
        .add("a slash alone", "/")
        .add("leading slash", "/a")
        .add("absolute path of the system", "/etc/passwd")
        .add("trailing slash", "a/")
        .add("double slash", "a//b")
        .add("leading double slash", "//host/share")
        .add("trailing double slash", "a//")
        .add("backslash", "a\\b")
        .add("backslash alone", "\\")
        .add("Windows path", "C:\\temp\\a")
        .add("UNC path", "\\\\host\\share\\a")
        .add("Windows way up", "..\\a");
  }

  private static void dots(NameList names) {
    names
        .add("dot", ".")
        .add("dot dot", "..")
        .add("leading dot segment", "./a")
        .add("inner dot segment", "a/./b")
        .add("trailing dot segment", "a/.")
        .add("leading way up", "../a")
        .add("inner way up", "a/../b")
        .add("trailing way up", "a/..")
        .add("way up beyond the root", "a/../../b")
        .add("many ways up", "../".repeat(20) + "etc/passwd");
  }

  private static void characters(NameList names) {
    for (int c = 0; c < 0x20; c++) {
      names.add("control U+%04X".formatted(c), "a" + (char) c + "b");
    }
    names
        .add("control U+007F", "a\u007Fb")
        .add("control U+0080", "a\u0080b")
        .add("control U+0085 (next line)", "a\u0085b")
        .add("control U+009F", "a\u009Fb")
        .add("leading control", "\u0000a")
        .add("trailing NUL", "a\u0000")
        .add("NUL before an extension", "a.txt\u0000.pdf")
        .add("trailing newline", "a\n")
        .add("lone high surrogate", "a\uD83Db")
        .add("lone low surrogate", "a\uDE00b")
        .add("trailing high surrogate", "a\uD83D")
        .add("swapped surrogates", "a\uDE00\uD83Db")
        .add("two high surrogates", "a\uD83D\uD83D\uDE00")
        .add("private U+F001", "a\uF001b")
        .add("private U+F022 (a mapped quote)", "a\uF022b")
        .add("private U+F02F (a mapped slash)", "a\uF02Fb")
        .add("private U+F03A (a mapped colon)", "a\uF03Ab")
        .add("private U+F05C (a mapped backslash)", "a\uF05Cb")
        .add("private U+F0FF", "a\uF0FFb");
  }

  private static void lengths(NameList names) {
    String segment = "s".repeat(100);
    names
        .add("segment of 256 bytes", "x".repeat(256))
        .add("inner segment of 256 bytes", "a/" + "x".repeat(256) + "/b")
        .add("segment of 256 bytes in 2-byte characters", "\u00E4".repeat(128))
        .add("segment of 258 bytes in 3-byte characters", "\u4E2D".repeat(86))
        .add("segment of 256 bytes in 4-byte characters", "\uD83D\uDE00".repeat(64))
        .add("path of 1025 bytes", (segment + "/").repeat(10) + "x".repeat(15))
        .add("path of 1026 bytes in 2-byte characters", Names.path("\u00E4", 1026))
        .add("path of 100 000 bytes", "a/".repeat(50_000) + "b");
  }

  private static void reserved(NameList names) {
    names
        .add("reserved directory", ".diskmap")
        .add("file in the reserved directory", ".diskmap/uploads/1")
        .add("reserved segment below", "a/.diskmap/b")
        .add("staged file", ".diskmap-0123456789abcdef0123456789abcdef")
        .add("staged file below", "a/b/.diskmap-0123456789abcdef0123456789abcdef")
        .add("reserved beginning", "a/.diskmapper");
  }
}
