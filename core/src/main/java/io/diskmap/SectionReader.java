package io.diskmap;

import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonArray;
import io.diskmap.internal.json.JsonValue.JsonMember;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.Position;
import io.diskmap.internal.options.OptionCheck;
import io.diskmap.spi.Loopback;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the sections of a disk map beside its disks. Confined to one thread.
 *
 * <p>With a check that does not resolve references it only collects problems and answers empty;
 * with one that resolves it answers the section, or empty if there are problems.
 */
final class SectionReader {
  private static final Pattern LISTEN =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^\\s:/\\[\\]]+):([0-9]{1,5})");
  private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
  private static final Pattern KEY = Pattern.compile("[!-~]+");
  private static final String EXAMPLE_KEY = "test-key-123";

  private final OptionCheck check;

  SectionReader(OptionCheck check) {
    this.check = check;
  }

  /** Whether a text is the key of the examples, which opens nothing beyond loopback. */
  static boolean isExampleKey(String key) {
    return EXAMPLE_KEY.equals(key);
  }

  /** What is wrong with a text of live keys, if anything. */
  static Optional<String> keyProblem(List<String> live) {
    if (live.isEmpty() || live.size() > 2) {
      return Optional.of("expected one key, or two with a comma between them");
    }
    return live.stream().allMatch(key -> KEY.matcher(key).matches())
        ? Optional.empty()
        : Optional.of("a key holds visible ASCII characters only, and no spaces");
  }

  Optional<ServerSection> server(JsonObject section) {
    int before = check.problems();
    Map<String, Object> values =
        check.check(SectionTables.SERVER, section, "server.", Set.of("keys"));
    Optional<InetSocketAddress> listen = listen(section, values);
    Map<String, ServerSection.Key> keys = new LinkedHashMap<>();
    members(section, "keys", "server.keys")
        .forEach((id, member) -> key(id, member).ifPresent(key -> keys.put(id, key)));
    if (listen.isPresent()) {
      checkKeys(section, keys, Loopback.names(listen.get().getHostString()));
    }
    if (!check.resolves() || check.problems() > before || listen.isEmpty()) {
      return Optional.empty();
    }
    OptionValues server = OptionValues.ofChecked(SectionTables.SERVER, values);
    Optional<Secret> auditKey = server.optionalSecret("audit_key");
    if (auditKey.isPresent()) {
      Position position = section.keyPositionOf("audit_key");
      keyProblem(auditKey.get().live())
          .ifPresent(problem -> check.add("server.audit_key", position, problem));
      keys.values().forEach(key -> requireOther(section, key.key().live(), auditKey.get().live()));
    }
    OptionValues tls = server.object("tls");
    Optional<ServerSection.Tls> files =
        values.containsKey("tls")
            ? Optional.of(new ServerSection.Tls(tls.path("cert"), tls.path("key")))
            : Optional.empty();
    return check.problems() > before
        ? Optional.empty()
        : Optional.of(new ServerSection(listen.get(), files, keys, auditKey));
  }

  /** Who may use files does not read by that who else did. */
  private void requireOther(JsonObject section, List<String> storage, List<String> audit) {
    if (audit.stream().anyMatch(storage::contains)) {
      Position position = section.keyPositionOf("audit_key");
      check.add("server.audit_key", position, "a key of server.keys opens it too; make another");
    }
  }

  Optional<WebSection> web(JsonObject section) {
    int before = check.problems();
    Map<String, Object> values = check.check(SectionTables.WEB, section, "web.");
    notEmpty(section, "disks", "web.disks");
    return done(before, SectionTables.WEB, values)
        .map(
            web ->
                new WebSection(
                    web.list("disks"), web.optionalPath("ca_file"), web.flag("allow_plaintext")));
  }

  Optional<AuditSection> audit(JsonObject section) {
    int before = check.problems();
    Map<String, Object> values = check.check(SectionTables.AUDIT, section, "audit.");
    if (section.get("jdbc_url").isPresent() && section.get("store").isPresent()) {
      Position position = section.keyPositionOf("store");
      check.add("audit.store", position, "give either store or jdbc_url");
    }
    return done(before, SectionTables.AUDIT, values)
        .map(
            audit ->
                new AuditSection(
                    audit.optionalSecret("jdbc_url"),
                    audit.optionalSecret("store"),
                    AuditSection.OnFailure.valueOf(
                        audit.choice("on_failure").toUpperCase(Locale.ROOT)),
                    audit.optionalPath("spool"),
                    audit.flag("require_user")));
  }

  Optional<CleanupSection> cleanup(JsonObject section) {
    int before = check.problems();
    Map<String, CleanupSection.Rule> rules = new LinkedHashMap<>();
    section
        .members()
        .forEach(
            (disk, member) -> {
              String place = "cleanup." + disk;
              object(place, member)
                  .flatMap(object -> rule(place, object))
                  .ifPresent(rule -> rules.put(disk, rule));
            });
    return !check.resolves() || check.problems() > before
        ? Optional.empty()
        : Optional.of(new CleanupSection(rules));
  }

  Optional<WorkerFilesSection> workerFiles(JsonObject section) {
    int before = check.problems();
    Map<String, Object> values =
        check.check(SectionTables.WORKER_FILES, section, "worker_files.", Set.of("roots"));
    Map<String, WorkerFilesSection.Place> roots = new LinkedHashMap<>();
    members(section, "roots", "worker_files.roots")
        .forEach((path, member) -> root(path, member, roots));
    if (!section.members().containsKey("roots")) {
      check.add(
          "worker_files.roots", section.position(), "missing; it names what workers may fetch");
    }
    Optional<WorkerFilesSection.Place> results =
        values.get("results") instanceof String text
            ? place("worker_files.results", section.positionOf("results"), text)
            : Optional.empty();
    return !check.resolves() || check.problems() > before || results.isEmpty()
        ? Optional.empty()
        : Optional.of(new WorkerFilesSection(roots, results.get()));
  }

  Optional<CatalogueSection> catalogue(JsonObject section) {
    int before = check.problems();
    Map<String, Object> values = check.check(SectionTables.CATALOGUE, section, "catalogue.");
    if (values.get("prefix") instanceof String prefix && !prefix.isEmpty()) {
      String problem = PathRules.problemWith(prefix);
      if (problem != null) {
        check.add(
            "catalogue.prefix", section.positionOf("prefix"), "this is no prefix: " + problem);
      }
    }
    return done(before, SectionTables.CATALOGUE, values)
        .map(
            found ->
                new CatalogueSection(
                    found.text("disk"),
                    found.text("prefix"),
                    found.secret("store"),
                    found.has("max_bytes") ? found.size("max_bytes") : Long.MAX_VALUE,
                    found.has("max_files") ? found.integer("max_files") : Long.MAX_VALUE,
                    found.optionalSecret("token_key"),
                    found.duration("sweep_after")));
  }

  private void root(String path, JsonMember member, Map<String, WorkerFilesSection.Place> roots) {
    String where = "worker_files.roots." + OptionCheck.printable(path);
    String problem = PathRules.problemWith(path.startsWith("/") ? path.substring(1) : path);
    if (problem != null) {
      check.add(where, member.keyPosition(), "this is no path that workers name: " + problem);
    } else if (member.value() instanceof JsonValue.JsonText text) {
      place(where, member.value().position(), text.text())
          .ifPresent(place -> roots.put(path, place));
    } else {
      check.add(where, member.value().position(), "expected a text, as in \"disk:prefix\"");
    }
  }

  private Optional<WorkerFilesSection.Place> place(String where, Position position, String text) {
    Optional<WorkerFilesSection.Place> place = WorkerFilesSection.Place.parse(text);
    if (place.isEmpty()) {
      check.add(where, position, "expected a disk, or disk:prefix");
    }
    return place;
  }

  private Optional<CleanupSection.Rule> rule(String place, JsonObject section) {
    int before = check.problems();
    Map<String, Object> values = check.check(SectionTables.CLEANUP_RULE, section, place + ".");
    notEmpty(section, "prefixes", place + ".prefixes");
    prefixes(section, values, place + ".prefixes", false);
    patterns(section, values, place + ".keep");
    lease(section, values, place + ".lease");
    return done(before, SectionTables.CLEANUP_RULE, values)
        .map(
            rule ->
                new CleanupSection.Rule(
                    rule.list("prefixes"),
                    rule.duration("older_than"),
                    rule.duration("every"),
                    rule.list("keep"),
                    rule.has("max_deletions") ? rule.integer("max_deletions") : Long.MAX_VALUE,
                    rule.optionalText("lease")));
  }

  private void patterns(JsonObject section, Map<String, Object> values, String place) {
    if (values.get("keep") instanceof List<?> patterns) {
      for (Object pattern : patterns) {
        try {
          PathGlob.of(pattern.toString());
        } catch (IllegalArgumentException e) {
          check.add(place, section.positionOf("keep"), String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private void lease(JsonObject section, Map<String, Object> values, String place) {
    if (values.get("lease") instanceof String path) {
      String problem = PathRules.problemWith(path);
      if (problem != null) {
        check.add(place, section.positionOf("lease"), "this is no path: " + problem);
      }
    }
  }

  private Optional<InetSocketAddress> listen(JsonObject section, Map<String, Object> values) {
    if (!(values.get("listen") instanceof String text)) {
      return Optional.empty();
    }
    Matcher form = LISTEN.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(2)) > 65535) {
      check.add(
          "server.listen",
          section.get("listen").map(JsonValue::position).orElse(section.position()),
          "expected a host and a port, as in \"0.0.0.0:8001\"");
      return Optional.empty();
    }
    String host = form.group(1).replaceAll("[\\[\\]]", "");
    return Optional.of(InetSocketAddress.createUnresolved(host, Integer.parseInt(form.group(2))));
  }

  private Optional<ServerSection.Key> key(String id, JsonMember member) {
    String place = "server.keys." + id;
    if (!KEY_ID.matcher(id).matches()) {
      check.add(
          place,
          member.keyPosition(),
          "the id of a key has at most 64 letters, digits, and . _ - behind the first");
    }
    Optional<JsonObject> section = object(place, member);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    int before = check.problems();
    Map<String, Object> values = check.check(SectionTables.SERVER_KEY, section.get(), place + ".");
    notEmpty(section.get(), "disks", place + ".disks");
    notEmpty(section.get(), "prefixes", place + ".prefixes");
    prefixes(section.get(), values, place + ".prefixes", true);
    return done(before, SectionTables.SERVER_KEY, values)
        .map(
            key ->
                new ServerSection.Key(
                    key.secret("key"),
                    key.optionalSecret("previous"),
                    key.list("disks"),
                    key.has("prefixes") ? key.list("prefixes") : List.of(""),
                    key.flag("read_only"),
                    key.flag("may_name_users")));
  }

  private void checkKeys(
      JsonObject section, Map<String, ServerSection.Key> keys, boolean onLoopback) {
    Map<String, String> ids = new HashMap<>();
    keys.forEach(
        (id, key) -> {
          checkKey(section, id, "key", key.key().live(), onLoopback, ids);
          key.previous()
              .ifPresent(old -> checkKey(section, id, "previous", old.live(), onLoopback, ids));
        });
  }

  private void checkKey(
      JsonObject section,
      String id,
      String name,
      List<String> live,
      boolean onLoopback,
      Map<String, String> ids) {
    String place = "server.keys." + id + "." + name;
    Position position = section.positionOf("keys");
    keyProblem(live).ifPresent(problem -> check.add(place, position, problem));
    for (String key : live) {
      if (isExampleKey(key) && !onLoopback) {
        check.add(
            place, position, "the key of the examples is refused beyond loopback; make your own");
      }
      String other = ids.putIfAbsent(key, id);
      if (other != null && !other.equals(id)) {
        check.add(place, position, "the same key stands under \"" + other + "\" too");
      }
    }
  }

  private Map<String, JsonMember> members(JsonObject section, String name, String place) {
    JsonMember member = section.members().get(name);
    return member == null
        ? Map.of()
        : object(place, member).map(JsonObject::members).orElse(Map.of());
  }

  private Optional<JsonObject> object(String place, JsonMember member) {
    if (member.value() instanceof JsonObject object) {
      return Optional.of(object);
    }
    check.add(
        place, member.value().position(), "expected an object, but found " + member.value().kind());
    return Optional.empty();
  }

  private void notEmpty(JsonObject section, String name, String place) {
    if (section.get(name).orElse(null) instanceof JsonArray list && list.items().isEmpty()) {
      check.add(place, list.position(), "the list is empty; name at least one");
    }
  }

  private void prefixes(
      JsonObject section, Map<String, Object> values, String place, boolean emptyIsAll) {
    if (!(values.get("prefixes") instanceof List<?> prefixes)) {
      return;
    }
    Position position = section.get("prefixes").map(JsonValue::position).orElse(section.position());
    for (Object prefix : prefixes) {
      String text = prefix.toString();
      if (text.isEmpty() && !emptyIsAll) {
        check.add(place, position, "an empty prefix would clean up the whole disk; name prefixes");
      } else if (!text.isEmpty()) {
        String problem = PathRules.problemWith(text);
        if (problem != null) {
          check.add(place, position, "this is no prefix: " + problem);
        }
      }
    }
  }

  private Optional<OptionValues> done(int before, OptionTable table, Map<String, Object> values) {
    return !check.resolves() || check.problems() > before
        ? Optional.empty()
        : Optional.of(OptionValues.ofChecked(table, values));
  }
}
