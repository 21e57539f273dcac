package io.diskmap.http.server;

import io.diskmap.AuditAction;
import io.diskmap.AuditDay;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditPage;
import io.diskmap.AuditRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The audit page as HTML without scripts: the form, the totals, the records. Any thread may use it.
 */
final class AuditView {
  private static final String STYLE = style();

  /** Nothing is loaded, framed or run; the one style sheet is known by its hash. */
  static final String CONTENT_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + hash(STYLE)
          + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern(".SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Html html = new Html();
  private final AuditFilter filter;

  private AuditView(AuditFilter filter) {
    this.filter = filter;
  }

  static String render(AuditFilter filter, AuditPage page, List<AuditDay> days, boolean bounded) {
    AuditView view = new AuditView(filter);
    view.begin();
    view.form();
    new AuditTotals(view.html).write(days, bounded);
    view.records(page);
    view.html.tags("</main></body></html>\n");
    return view.html.toString();
  }

  private void begin() {
    html.tags("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .tags("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .tags("<meta name=\"robots\" content=\"noindex\"><title>Audit trail</title><style>")
        .tags(STYLE)
        .tags("</style></head><body><header><h1>Audit trail</h1><p>");
    if (filter.has("file")) {
      html.tags("The history of ").text(filter.value("disk") + ":" + filter.value("file"));
    } else {
      html.tags("Who touched which file, when, and how it ended. Times are UTC.");
    }
    html.tags("</p></header><main>");
  }

  private void form() {
    html.tags("<section><form method=\"get\" action=\"").tags(AuditPages.BASE).tags("\">");
    field("User", "user", "text");
    field("Below prefix", "prefix", "text");
    field("File", "file", "text");
    field("Disk", "disk", "text");
    select(
        "Action", "action", Arrays.stream(AuditAction.values()).map(AuditAction::label).toList());
    select(
        "Outcome",
        "outcome",
        Arrays.stream(Outcome.values())
            .filter(outcome -> outcome != Outcome.STARTED)
            .map(AuditView::word)
            .toList());
    field("From", "from", filter.value("from").contains("T") ? "text" : "date");
    field("Until", "until", filter.value("until").contains("T") ? "text" : "date");
    html.tags("<div class=\"buttons\"><button type=\"submit\">Filter</button><a href=\"")
        .tags(AuditPages.BASE)
        .tags("\">Clear</a></div></form></section>");
  }

  private void field(String label, String name, String type) {
    html.tags("<label>")
        .tags(label)
        .tags("<input name=\"")
        .tags(name)
        .tags("\" type=\"")
        .tags(type)
        .tags("\" autocomplete=\"off\" value=\"")
        .text(filter.value(name))
        .tags("\"></label>");
  }

  private void select(String label, String name, List<String> choices) {
    html.tags("<label>").tags(label).tags("<select name=\"").tags(name).tags("\">");
    html.tags("<option value=\"\">any</option>");
    for (String choice : choices) {
      html.tags("<option value=\"")
          .tags(choice)
          .tags(choice.equals(filter.value(name)) ? "\" selected>" : "\">")
          .tags(choice.replace('_', ' '))
          .tags("</option>");
    }
    html.tags("</select></label>");
  }

  private void records(AuditPage page) {
    html.tags("<section class=\"records\">");
    if (page.records().isEmpty()) {
      html.tags("<p class=\"empty\">No operation matches the filter.</p>");
    } else {
      html.tags("<table><thead><tr><th>Time</th><th>User</th><th>Action</th><th>Outcome</th>")
          .tags("<th>File</th><th class=\"number\">Bytes</th><th class=\"number\">Took</th>")
          .tags("<th></th></tr></thead><tbody>");
      page.records().forEach(this::row);
      html.tags("</tbody></table>");
    }
    html.tags("<nav>");
    AuditFilter first = new AuditFilter(without(filter.values(), "after"));
    if (filter.has("after")) {
      link(AuditPages.BASE, first, "Newest");
    }
    page.next().ifPresent(token -> link(AuditPages.BASE, filter.with("after", token), "Older →"));
    html.tags("<span class=\"right\">Export the selection: ");
    link(AuditPages.BASE + "/export.csv", first, "CSV");
    html.tags(" · ");
    link(AuditPages.BASE + "/export.json", first, "JSON");
    html.tags("</span></nav></section>");
  }

  private static Map<String, String> without(Map<String, String> values, String name) {
    Map<String, String> rest = new LinkedHashMap<>(values);
    rest.remove(name);
    return rest;
  }

  private void link(String place, AuditFilter to, String label) {
    html.tags("<a href=\"").tags(place).text(to.link()).tags("\">").text(label).tags("</a>");
  }

  private void row(AuditRecord record) {
    AuditEvent event = record.event();
    html.tags("<tr><td class=\"time\">")
        .text(TIME.format(event.streamStart()))
        .tags("<span class=\"ms\">")
        .text(MILLIS.format(event.streamStart()))
        .tags("</span></td><td class=\"user\">");
    Optional<String> user = event.context().user();
    if (user.isPresent()) {
      link(AuditPages.BASE, filter.with("user", user.get()), user.get());
    } else {
      html.tags("<span class=\"disk\">none named</span>");
    }
    html.tags("</td><td>").text(event.action().label().replace('_', ' ')).tags("</td><td>");
    badge(event.outcome());
    html.tags("</td><td class=\"file\">");
    place(event);
    html.tags("</td><td class=\"number\">")
        .text(AuditTotals.grouped(event.bytesTransferred()))
        .tags("</td><td class=\"number\">")
        .text(record.duration().map(AuditView::time).orElse(""))
        .tags("</td><td><details><summary>Details</summary><dl>");
    details(record).forEach(this::detail);
    html.tags("</dl></details></td></tr>");
  }

  private void place(AuditEvent event) {
    html.tags("<span class=\"disk\">");
    if (event.action() == AuditAction.ACCESS_REFUSED) {
      html.text(event.metadata().getOrDefault("call", "") + " ").tags("</span>");
      html.text(event.filePath());
      return;
    }
    html.text(event.disk()).tags(":</span>");
    link(
        AuditPages.BASE,
        filter.history(event.disk(), event.filePath()),
        event.filePath().isEmpty() ? "(whole disk)" : event.filePath());
  }

  private void detail(String name, String value) {
    html.tags("<dt>").text(name).tags("</dt><dd>").text(value).tags("</dd>");
  }

  private static Map<String, String> details(AuditRecord record) {
    AuditEvent event = record.event();
    Map<String, String> details = new LinkedHashMap<>();
    event.errorKind().ifPresent(kind -> details.put("error", kind.name()));
    event.context().cohort().ifPresent(value -> details.put("cohort", value));
    event.context().fileType().ifPresent(value -> details.put("file type", value));
    event.fileSize().ifPresent(size -> details.put("file size", AuditTotals.grouped(size)));
    event.sha256().ifPresent(value -> details.put("SHA-256", value));
    event.context().requestId().ifPresent(value -> details.put("request", value));
    event.context().keyId().ifPresent(value -> details.put("API key", value));
    event.context().remoteAddress().ifPresent(value -> details.put("from", value));
    details.put("role", event.serverRole().name().toLowerCase(Locale.ROOT));
    event.streamComplete().ifPresent(end -> details.put("complete", end.toString()));
    event.cleanupScheduledFor().ifPresent(at -> details.put("clean-up after", at.toString()));
    new TreeMap<>(event.metadata()).forEach(details::putIfAbsent);
    details.put("event", event.eventId());
    details.put("record", record.writer() + ":" + record.sequence());
    details.put("hash", record.hash());
    return details;
  }

  private void badge(Outcome outcome) {
    html.tags("<span class=\"badge ")
        .tags(color(outcome))
        .tags("\">")
        .tags(word(outcome))
        .tags("</span>");
  }

  /** The group of outcomes that look alike. */
  static String color(Outcome outcome) {
    return switch (outcome) {
      case OK -> "ok";
      case DENIED, FAILED -> "bad";
      case UNKNOWN -> "odd";
      case ABORTED, STARTED -> "none";
    };
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private static String time(Duration took) {
    long millis = took.toMillis();
    return millis < 1000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  private static String style() {
    try (InputStream in = AuditView.class.getResourceAsStream("audit.css")) {
      if (in == null) {
        throw new IllegalStateException("audit.css is missing beside its class");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("audit.css cannot be read", e);
    }
  }

  private static String hash(String style) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
