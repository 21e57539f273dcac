package io.diskmap;

import io.diskmap.DiskMap.Parts;
import io.diskmap.internal.json.JsonValue;
import io.diskmap.internal.json.JsonValue.JsonBool;
import io.diskmap.internal.json.JsonValue.JsonMember;
import io.diskmap.internal.json.JsonValue.JsonObject;
import io.diskmap.internal.json.JsonValue.JsonText;
import io.diskmap.internal.options.References;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the disks of a map into those that a role has. Immutable; any thread may use it.
 *
 * <p>Names, policy and timeouts of a disk stay in every role; where its bytes are depends on the
 * role.
 */
final class RoleDisks {
  /** The scheme of references to the API key, which stays out of the map. */
  static final String SCHEME = "internal";

  /** The common options that keep their meaning with another driver. */
  private static final List<String> KEPT =
      List.of("read_only", "timeout", "stall_timeout", "show_paths", "retries", "cache");

  private final Parts parts;
  private final String workspace;

  RoleDisks(Parts parts, String workspace) {
    this.parts = parts;
    this.workspace = workspace;
  }

  /** Whether a disk is in the map, or is the workspace. */
  boolean knows(String disk) {
    return disk.equals(workspace)
        || parts.disks().containsKey(disk)
        || parts.broken().contains(disk);
  }

  /** The disks as mapped, and the workspace below a directory where the map has none. */
  Parts mapped(Optional<Path> nas) {
    Map<String, JsonObject> disks = new LinkedHashMap<>(parts.disks());
    if (nas.isPresent() && !disks.containsKey(workspace) && !parts.broken().contains(workspace)) {
      disks.put(workspace, local(nas.get(), workspace));
    }
    return with(disks, parts.sections());
  }

  /**
   * The disks as {@link #mapped}, with the API key of the environment for the server where the map
   * gives no keys, and the audit store of the environment.
   */
  Parts serving(Optional<Path> nas, boolean hasKey, boolean storesAudit) {
    Map<String, JsonObject> sections = new LinkedHashMap<>(parts.sections());
    JsonObject server = sections.getOrDefault("server", object(Map.of()));
    if (hasKey && server.get("keys").isEmpty()) {
      Map<String, Object> key = Map.of("key", "${" + SCHEME + ":api_keys}", "may_name_users", true);
      sections.put("server", server.with("keys", object(Map.of("internal", key))));
    }
    if (storesAudit) {
      JsonObject audit = without(sections.getOrDefault("audit", object(Map.of())), "jdbc_url");
      sections.put("audit", audit.with("store", JsonValue.of("${env:AUDIT_STORE}")));
    }
    return with(mapped(nas).disks(), sections);
  }

  /** Every disk, and the workspace, on the services server under its own name. */
  Parts remote(URI url, List<String> only, Optional<String> caFile, boolean allowPlaintext) {
    Map<String, JsonObject> disks = new LinkedHashMap<>();
    for (String name : names()) {
      if (only.isEmpty() || only.contains(name)) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("driver", "remote-http");
        values.put("url", References.literal(url.toString()));
        values.put("api_key", "${" + SCHEME + ":api_key}");
        values.put("disk", name);
        caFile.ifPresent(file -> values.put("ca_file", References.literal(file)));
        values.put("allow_plaintext", allowPlaintext);
        disks.put(name, kept(name, object(values)));
      }
    }
    Map<String, JsonObject> sections = new LinkedHashMap<>(parts.sections());
    sections.keySet().retainAll(Set.of("audit"));
    return with(disks, sections);
  }

  /** Every disk, and the workspace, in memory or in a directory of its own below the given one. */
  Parts testing(Optional<Path> directory) {
    Map<String, JsonObject> disks = new LinkedHashMap<>();
    for (String name : names()) {
      JsonObject disk = parts.disks().get(name);
      if (disk != null && disk.get("view_of").isPresent()) {
        disks.put(name, disk);
      } else {
        JsonObject place =
            directory.map(dir -> local(dir, name)).orElse(object(Map.of("driver", "memory")));
        disks.put(name, kept(name, place));
      }
    }
    return with(disks, parts.sections());
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(parts.disks().keySet());
    if (!parts.broken().contains(workspace)) {
      names.add(workspace);
    }
    return names;
  }

  private Parts with(Map<String, JsonObject> disks, Map<String, JsonObject> sections) {
    return new Parts(disks, parts.broken(), sections, parts.problems());
  }

  /** A disk with the policy and timeouts that the map gives it; a view has those of its base. */
  private JsonObject kept(String name, JsonObject disk) {
    JsonObject given = parts.disks().get(name);
    if (given == null) {
      return disk;
    }
    JsonObject base =
        given.get("view_of").orElse(null) instanceof JsonText text
            ? parts.disks().get(text.text())
            : null;
    if (base == null) {
      return copied(given, disk);
    }
    JsonObject result = copied(given, copied(base, disk));
    boolean tight = base.get("read_only").orElse(null) instanceof JsonBool flag && flag.value();
    return tight ? result.with("read_only", JsonValue.of(true)) : result;
  }

  private static JsonObject copied(JsonObject from, JsonObject to) {
    Map<String, JsonMember> members = new LinkedHashMap<>(to.members());
    for (String key : KEPT) {
      JsonMember member = from.members().get(key);
      if (member != null) {
        members.put(key, member);
      }
    }
    return new JsonObject(from.position(), members);
  }

  private static JsonObject without(JsonObject object, String key) {
    Map<String, JsonMember> members = new LinkedHashMap<>(object.members());
    members.remove(key);
    return new JsonObject(object.position(), members);
  }

  private static JsonObject local(Path directory, String disk) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("driver", "local");
    values.put("root", References.literal(directory.resolve(disk).toString()));
    return object(values);
  }

  private static JsonObject object(Map<String, ?> values) {
    return (JsonObject) JsonValue.of(values);
  }
}
