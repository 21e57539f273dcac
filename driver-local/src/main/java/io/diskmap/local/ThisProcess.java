package io.diskmap.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;

/** What tells this process, and this run of its machine, from all others. Constant. */
final class ThisProcess {
  /**
   * A number that changes when the machine starts anew and differs between machines; never zero.
   * What was written under another one may have been lost with the memory of that machine.
   */
  static final int BOOT = boot();

  /** A name that no other process of any machine has. */
  static final String NAME =
      HexFormat.of().toHexDigits(BOOT)
          + '-'
          + ProcessHandle.current().pid()
          + '-'
          + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);

  private ThisProcess() {}

  private static int boot() {
    String id;
    try {
      id = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
    } catch (IOException notLinux) {
      // Without it each process counts as a run of its own, which only costs more reading.
      id = UUID.randomUUID().toString();
    }
    CRC32C crc = new CRC32C();
    crc.update(id.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue() | 1;
  }
}
