package io.diskmap;

import java.util.Map;

/** The option tables of a disk map's sections as Markdown, for the page that shows them. */
public final class SectionMarkdown {
  private SectionMarkdown() {}

  /** The tables by the names that the page uses. */
  public static Map<String, String> all() {
    return Map.of(
        "view", SectionTables.VIEW.toMarkdown(),
        "server", SectionTables.SERVER.toMarkdown(),
        "server-key", SectionTables.SERVER_KEY.toMarkdown(),
        "web", SectionTables.WEB.toMarkdown(),
        "audit", SectionTables.AUDIT.toMarkdown(),
        "cleanup", SectionTables.CLEANUP_RULE.toMarkdown(),
        "worker-files", SectionTables.WORKER_FILES.toMarkdown(),
        "catalogue", SectionTables.CATALOGUE.toMarkdown());
  }
}
