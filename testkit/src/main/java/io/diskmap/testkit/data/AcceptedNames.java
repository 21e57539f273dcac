package io.diskmap.testkit.data;

import java.util.List;

/** Valid paths that stores, shells and URLs tend to get wrong. Stateless. */
final class AcceptedNames {
  private AcceptedNames() {}

  static List<Name> all() {
    NameList names = new NameList();
    lengths(names);
    escapes(names);
    punctuation(names);
    dotsAndSpaces(names);
    unicode(names);
    devices(names);
    return names.done();
  }

  private static void lengths(NameList names) {
    names
        .add("one character", "a")
        .add("segment of 255 bytes", "x".repeat(255))
        .add("segment of 254 bytes in 2-byte characters", "\u00E4".repeat(127))
        .add("segment of 255 bytes in 3-byte characters", "\u4E2D".repeat(85))
        .add("segment of 252 bytes in 4-byte characters", "\uD83D\uDE00".repeat(63))
        .add("path of 1024 bytes", Names.path("x", 1024))
        .add("path of 1024 bytes in 2-byte characters", Names.path("\u00E4", 1024))
        .add("path of 50 segments", "d/".repeat(49) + "f");
  }

  private static void escapes(NameList names) {
    names
        .add("percent alone", "100%")
        .add("percent 25", "a%25b")
        .add("percent 2e 2e", "%2e%2e/a")
        .add("percent 2E as a segment", "%2E")
        .add("percent 2f", "a%2fb")
        .add("percent 5C", "a%5Cb")
        .add("percent 00", "a%00b")
        .add("percent 20", "a%20b")
        .add("broken percent", "a%zzb%")
        .add("double-encoded", "a%252fb")
        .add("HTML entity", "a&amp;b")
        .add("JSON escape without backslash", "au0041b")
        .add("format letters", "%s%n%d")
        .add("shell variable", "${HOME}/$PATH/$(id)")
        .add("back quotes", "`id`")
        .add("SQL", "a'; DROP TABLE files;--")
        .add("URL", "http:/host:80/a?b=c&d#e")
        .add("query", "a?x=1&y=2")
        .add("path parameter", "a;v=1/b;w=2")
        .add("disk and path", "disk:a/b")
        .add("glob", "[a-z]*?{b,c}");
  }

  private static void punctuation(NameList names) {
    for (char c : "!\"#$%&'()*+,-:;<=>?@[]^_`{|}~".toCharArray()) {
      names.add("character " + c, "a" + c + "b");
      names.add("segment " + c, "p/" + c);
    }
    names
        .add("blank inside", "a b")
        .add("leading dash", "-rf")
        .add("option", "--help")
        .add("leading dash below", "a/-rf")
        .add("home", "~")
        .add("home of root", "~root/a")
        .add("backup", "a~")
        .add("alternate data stream", "x:ads")
        .add("data stream of Windows", "x::$DATA")
        .add("drive letter", "C:a")
        .add("hash comment", "#a#");
  }

  private static void dotsAndSpaces(NameList names) {
    names
        .add("trailing dot", "a.")
        .add("trailing dots", "a...")
        .add("segment with trailing dot", "a./b")
        .add("three dots", "...")
        .add("four dots", "....")
        .add("leading dot", ".hidden")
        .add("two leading dots", "..a")
        .add("dot and blank", ". ")
        .add("two dots and a blank", ".. ")
        .add("leading blank", " a")
        .add("trailing blank", "a ")
        .add("segment with trailing blank", "a /b")
        .add("blank alone", " ")
        .add("blanks alone", "   ")
        .add("trailing blank after extension", "a.txt ")
        .add("name that ends like a reserved one", "a.diskmap")
        .add("name that contains a reserved one", "a/x.diskmap-1")
        .add("short of a reserved one", ".diskma");
  }

  private static void unicode(NameList names) {
    names
        .add("umlaut composed (NFC)", "\u00E4.txt")
        .add("umlaut decomposed (NFD)", "a\u0308.txt")
        .add("Hangul decomposed", "\u1112\u1161\u11AB")
        .add("ligature", "\uFB01le")
        .add("Angstrom sign", "\u212B")
        .add("Kelvin sign", "\u212A")
        .add("sharp s", "stra\u00DFe")
        .add("Turkish dotless i", "\u0131\u0130")
        .add("Chinese", "\u4E2D\u6587/\u6587\u4EF6")
        .add("Arabic", "\u0645\u0644\u0641")
        .add("Hebrew with Latin", "a\u05D0b\u05D1")
        .add("emoji", "\uD83D\uDE00")
        .add("emoji of several code points", "\uD83D\uDC69\u200D\uD83D\uDD2C")
        .add("flag", "\uD83C\uDDE9\uD83C\uDDEA")
        .add("astral letters", "\uD835\uDC00\uD835\uDC01")
        .add("highest code point", "a\uDBFF\uDFFD")
        .add("beyond U+FFFF after U+FFxx", "\uFFE5\uD800\uDC00")
        .add("fullwidth dots", "\uFF0E\uFF0E/a")
        .add("fullwidth slash", "a\uFF0Fb")
        .add("fullwidth backslash", "a\uFF3Cb")
        .add("division slash", "a\u2215b")
        .add("two dot leader", "\u2025")
        .add("one dot leaders", "\u2024\u2024")
        .add("line separator", "a\u2028b")
        .add("paragraph separator", "a\u2029b")
        .add("no-break space", "a\u00A0b")
        .add("ideographic space at the end", "a\u3000")
        .add("zero-width space", "a\u200Bb")
        .add("zero-width joiner at the end", "a\u200D")
        .add("right-to-left override", "gpj\u202Eexe")
        .add("byte order mark", "\uFEFFa")
        .add("soft hyphen", "a\u00ADb")
        .add("replacement character", "a\uFFFDb")
        .add("non-character", "a\uFFFEb")
        .add("private U+E000", "a\uE000b")
        .add("private U+F000", "a\uF000b")
        .add("private U+F100", "a\uF100b")
        .add("yen and won sign", "a\u00A5b\u20A9")
        .add("Latin-1 look-alike of UTF-8", "\u00C3\u00A4");
  }

  private static void devices(NameList names) {
    for (String device :
        new String[] {"CON", "NUL", "nul", "PRN", "AUX", "COM1", "LPT9", "COM\u00B9"}) {
      names.add("device " + label(device), device);
    }
    names
        .add("device with extension", "NUL.txt")
        .add("device with two extensions", "con.tar.gz")
        .add("device as a directory", "aux/a")
        .add("device with trailing blank", "CON ")
        .add("console devices", "CONIN$/CONOUT$")
        .add("short name of Windows", "PROGRA~1")
        .add("desktop.ini", "desktop.ini")
        .add("Thumbs.db", "Thumbs.db")
        .add("AppleDouble", "._a")
        .add("DS_Store", ".DS_Store")
        .add("NFS silly rename", ".nfs0000000000000001")
        .add("lost+found below", "a/lost+found")
        .add("htaccess", ".htaccess")
        .add("WEB-INF", "WEB-INF/web.xml")
        .add("partial file of others", "a.part")
        .add("temporary file of others", "a.tmp");
  }

  private static String label(String text) {
    return text.replace("\u00B9", "(superscript 1)");
  }
}
