package io.diskmap.spi;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes an option table as a Markdown table. Any thread may call it. */
final class OptionMarkdown {
  private OptionMarkdown() {}

  static String of(OptionTable table) {
    StringBuilder text = new StringBuilder();
    text.append("| Option | Type | Default | Limits | What it does |\n");
    text.append("|---|---|---|---|---|\n");
    rows(text, "", table);
    return text.toString();
  }

  private static void rows(StringBuilder text, String prefix, OptionTable table) {
    for (Option option : table.all()) {
      if (option.table() != null) {
        rows(text, prefix + option.name() + ".", option.table());
      } else {
        text.append(row(prefix, option));
      }
    }
  }

  private static String row(String prefix, Option option) {
    List<String> cells =
        List.of(
            "`" + prefix + option.name() + "`",
            type(option),
            byDefault(option),
            limits(option),
            cell(option.help()));
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String type(Option option) {
    if (option.isSecret()) {
      return "secret";
    }
    return switch (option.type()) {
      case TEXT_LIST -> "list of texts";
      case BOOLEAN -> "true or false";
      default -> option.type().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String byDefault(Option option) {
    if (option.isRequired()) {
      return "*required*";
    }
    String text = option.defaultText();
    return text == null ? "–" : text.isEmpty() ? "empty" : "`" + cell(text) + "`";
  }

  private static String limits(Option option) {
    String unit = option.unit().isEmpty() ? "" : " " + option.unit();
    if (!option.choices().isEmpty()) {
      return option.choices().stream().map(OptionMarkdown::code).collect(Collectors.joining(", "));
    }
    if (option.minimum() != null && option.maximum() != null) {
      return option.minimum() + " to " + option.maximum() + unit;
    }
    if (option.minimum() != null) {
      return "at least " + option.minimum() + unit;
    }
    return option.unit();
  }

  private static String code(String word) {
    return "`" + cell(word) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
