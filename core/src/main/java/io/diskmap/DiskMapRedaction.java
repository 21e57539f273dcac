package io.diskmap;

import io.diskmap.DiskMap.Parts;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonArray;
import io.diskmap.internal.json.JsonValue.JsonNumber;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.JsonValue.JsonText;
import io.diskmap.internal.json.JsonWriter;
import io.diskmap.internal.options.References;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a disk map without its secrets. Any thread may call it.
 *
 * <p>A text is shown only under a key that is known to hold no secret, or where it is one reference
 * and nothing else, or a duration or a size. Every other text, and so every text under a key that
 * nobody knows, becomes {@code ***}.
 */
final class DiskMapRedaction {
  private static final Set<String> SHOWN =
      Set.of(
          "driver",
          "view_of",
          "prefix",
          "prefixes",
          "disks",
          "disk",
          "root",
          "host",
          "share",
          "export",
          "bucket",
          "region",
          "recovery",
          "encryption",
          "durability",
          "path_conflicts",
          "identity_file",
          "known_hosts",
          "ca_file",
          "cert",
          "listen",
          "on_failure",
          "state_dir",
          "file_mode",
          "dir_mode",
          "keep",
          "lease",
          "results");
  private static final Set<String> URLS = Set.of("url", "endpoint");
  private static final Pattern MEASURE = Pattern.compile("[0-9]{1,9}(ms|s|m|h|d|B|[KMGT]i?B)");
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(pass|secret|key|token|cred|pin|previous).*");
  private static final Pattern PLAIN_URL = Pattern.compile("https?://[^@?#]*");

  private DiskMapRedaction() {}

  /** The map as JSON. */
  static String of(Parts parts) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("disks", members(parts.disks()));
    parts.sections().forEach((name, section) -> map.put(name, plain(name, section)));
    return JsonWriter.pretty(JsonValue.of(map));
  }

  private static Map<String, @Nullable Object> members(Map<String, JsonObject> objects) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    objects.forEach((name, object) -> plain.put(name, plain(name, object)));
    return plain;
  }

  private static @Nullable Object plain(String key, JsonValue value) {
    if (value instanceof JsonObject object) {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      object.members().forEach((name, member) -> plain.put(name, plain(name, member.value())));
      return plain;
    }
    if (value instanceof JsonArray list) {
      List<@Nullable Object> plain = new ArrayList<>();
      list.items().forEach(item -> plain.add(plain(key, item)));
      return plain;
    }
    if (value instanceof JsonText text) {
      return isShown(key, text.text()) ? text.text() : "***";
    }
    boolean hidden = value instanceof JsonNumber && SECRET.matcher(key).matches();
    return hidden ? "***" : value.toPlain();
  }

  private static boolean isShown(String key, String text) {
    return SHOWN.contains(key)
        || (URLS.contains(key) && PLAIN_URL.matcher(text).matches())
        || References.isOnlyReference(text)
        || (MEASURE.matcher(text).matches() && !SECRET.matcher(key).matches());
  }
}
