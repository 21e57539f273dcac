package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiskMapRedactionTest {

  @Test
  void no_text_that_could_be_a_secret_is_shown() {
    DiskMap map =
        DiskMap.builder()
            .disk(
                "a",
                "smb",
                Map.of(
                    "host", "files",
                    "password", "hunter2-a",
                    "pasword", "hunter2-b",
                    "username", "hunter2-c",
                    "url", "https://u:hunter2-d@h",
                    "endpoint", "https://h?sig=hunter2-e",
                    "pin", 4711,
                    "secret_key", "8MB",
                    "headers", Map.of("x", List.of("hunter2-f"))))
            .disk("b", "x", Map.of("password", "hunter2${env:X}hunter2"))
            .section(
                "server",
                Map.of(
                    "keys", Map.of("web", Map.of("key", "hunter2-g", "previous", "hunter2-h")),
                    "tls", Map.of("cert", "/c.pem", "key", "/k.pem")))
            .section("audit", Map.of("jdbc_url", "jdbc:x:hunter2-i"))
            .build();

    assertThat(map.toString()).isEqualTo(map.redacted());
    assertThat(map.redacted()).doesNotContain("hunter2", "4711", "8MB").contains("***", "files");
  }

  @Test
  void what_helps_an_operator_is_shown() {
    DiskMap map =
        DiskMap.parse(
            """
            {"disks": {"m": {"driver": "nfs", "host": "nas", "export": "/v", "rsize": "1MiB",
              "timeout": "30s", "retries": 2, "read_only": true, "url": "https://h:1/x",
              "password": "${file:/run/secrets/smb}"}}}
            """);

    assertThat(map.redacted())
        .isEqualTo(
            """
            {
              "disks": {
                "m": {
                  "driver": "nfs",
                  "host": "nas",
                  "export": "/v",
                  "rsize": "1MiB",
                  "timeout": "30s",
                  "retries": 2,
                  "read_only": true,
                  "url": "https://h:1/x",
                  "password": "${file:/run/secrets/smb}"
                }
              }
            }\
            """);
  }
}
