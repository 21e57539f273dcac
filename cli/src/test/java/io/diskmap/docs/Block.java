package io.diskmap.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a page, and the mark in the comment on the line above it. Immutable.
 *
 * @param page the file
 * @param line where the fence opens, from 1
 * @param language what stands behind the fence
 * @param mark the comment's text; empty without one
 * @param text the lines between the fences
 */
record Block(Path page, int line, String language, String mark, String text) {
  private static final Pattern MARK = Pattern.compile("\\s*<!--\\s*(.*?)\\s*-->\\s*");

  /** The blocks of a page, in order. */
  static List<Block> of(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("```")) {
        int open = i;
        StringBuilder text = new StringBuilder();
        for (i++; !lines.get(i).strip().equals("```"); i++) {
          text.append(lines.get(i)).append('\n');
        }
        Matcher mark = MARK.matcher(open == 0 ? "" : lines.get(open - 1));
        String language = lines.get(open).strip().substring(3).strip();
        blocks.add(
            new Block(
                page, open + 1, language, mark.matches() ? mark.group(1) : "", text.toString()));
      }
    }
    return blocks;
  }

  /** Whether this is marked so. */
  boolean is(String wantedLanguage, String wantedMark) {
    return language.equals(wantedLanguage) && mark.equals(wantedMark);
  }

  @Override
  public String toString() {
    return page.getFileName() + ":" + line;
  }
}
