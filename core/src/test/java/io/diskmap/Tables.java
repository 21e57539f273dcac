package io.diskmap;

import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Option tables like those of the drivers that the design's example names. */
final class Tables {
  private Tables() {}

  static Map<String, OptionTable> all() {
    Map<String, OptionTable> tables = new LinkedHashMap<>();
    tables.put("memory", OptionTable.of());
    tables.put("local", OptionTable.of(Option.path("root").required(), Option.mode("file_mode")));
    tables.put(
        "remote-http",
        OptionTable.of(
            Option.url("url").required(),
            Option.secret("api_key").required(),
            Option.text("disk").required(),
            Option.path("ca_file")));
    tables.put(
        "sshfs",
        OptionTable.of(
            Option.text("host").required(),
            Option.integer("port").defaultTo(22).between(1, 65535),
            Option.text("username").required(),
            Option.path("identity_file"),
            Option.path("known_hosts"),
            Option.text("root").required(),
            Option.duration("keepalive").defaultTo("15s").between("1s", "1h")));
    tables.put(
        "nfs",
        OptionTable.of(
            Option.text("host").required(),
            Option.text("export").required(),
            Option.size("rsize").defaultTo("1MiB"),
            Option.size("wsize").defaultTo("1MiB"),
            Option.choice("recovery", "hard", "soft").defaultTo("hard")));
    tables.put(
        "s3",
        OptionTable.of(
            Option.text("bucket").required(),
            Option.url("endpoint").required(),
            Option.secret("access_key").required(),
            Option.secret("secret_key").required()));
    tables.put(
        "smb",
        OptionTable.of(
            Option.text("host").required(),
            Option.text("share").required(),
            Option.text("username").required(),
            Option.secret("password").required(),
            Option.choice("encryption", "required", "preferred", "off").defaultTo("required")));
    return tables;
  }
}
