package io.diskmap;

import org.jspecify.annotations.Nullable;

/** The rules of clause P1 for the text of a path. Stateless. */
final class PathRules {
  private PathRules() {}

  /** The sentence about the first rule that the text breaks, or null where it is valid. */
  static @Nullable String problemWith(String text) {
    if (text.isEmpty()) {
      return "The path is empty; name a file below the root.";
    }
    if (text.charAt(0) == '/') {
      return "The path begins with '/'; paths are relative to the disk's root.";
    }
    if (text.charAt(text.length() - 1) == '/') {
      return "The path ends with '/'; name the file itself.";
    }
    int pathBytes = 0;
    int segmentStart = 0;
    int segmentBytes = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '/';
      if (c == '/') {
        String problem = segmentProblem(text, segmentStart, i, segmentBytes);
        if (problem != null) {
          return problem;
        }
        segmentStart = i + 1;
        segmentBytes = 0;
        pathBytes += i < text.length() ? 1 : 0;
        continue;
      }
      int bytes;
      if (c < 0x20 || c == 0x7F || (c >= 0x80 && c <= 0x9F)) {
        return "The path contains a control character (U+%04X); remove it.".formatted((int) c);
      } else if (c == '\\') {
        return "The path contains a backslash; separate segments with '/'.";
      } else if (c >= 0xF001 && c <= 0xF0FF) {
        return "The path contains U+%04X, which is reserved for mapped names (U+F001 to U+F0FF)."
            .formatted((int) c);
      } else if (Character.isHighSurrogate(c)) {
        if (i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return "The path contains a lone surrogate, which UTF-8 cannot hold; mend the text.";
        }
        i++;
        bytes = 4;
      } else if (Character.isLowSurrogate(c)) {
        return "The path contains a lone surrogate, which UTF-8 cannot hold; mend the text.";
      } else {
        bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      }
      segmentBytes += bytes;
      pathBytes += bytes;
    }
    if (pathBytes > StoragePath.MAX_PATH_BYTES) {
      return "The path has %d UTF-8 bytes; at most %d are allowed."
          .formatted(pathBytes, StoragePath.MAX_PATH_BYTES);
    }
    return null;
  }

  private static @Nullable String segmentProblem(String text, int start, int end, int bytes) {
    int length = end - start;
    if (length == 0) {
      return "The path contains '//'; an empty segment is not allowed.";
    }
    if (length == 1 && text.charAt(start) == '.') {
      return "The path contains the segment '.'; write the path without it.";
    }
    if (length == 2 && text.charAt(start) == '.' && text.charAt(start + 1) == '.') {
      return "The path contains the segment '..'; write the path without it.";
    }
    if (bytes > StoragePath.MAX_SEGMENT_BYTES) {
      return "A segment has %d UTF-8 bytes; at most %d are allowed."
          .formatted(bytes, StoragePath.MAX_SEGMENT_BYTES);
    }
    if (text.startsWith(StoragePath.RESERVED_PREFIX, start)) {
      return "A segment begins with '.diskmap', which is reserved; choose another name.";
    }
    return null;
  }
}
