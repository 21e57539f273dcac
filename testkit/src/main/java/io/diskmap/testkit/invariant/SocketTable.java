package io.diskmap.testkit.invariant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The system's table of TCP sockets by inode, to say what a socket descriptor leads to. */
final class SocketTable {
  private static final List<String> STATES =
      List.of(
          "?",
          "ESTABLISHED",
          "SYN_SENT",
          "SYN_RECV",
          "FIN_WAIT1",
          "FIN_WAIT2",
          "TIME_WAIT",
          "CLOSE",
          "CLOSE_WAIT",
          "LAST_ACK",
          "LISTEN",
          "CLOSING");

  private final Map<String, String> byInode = new HashMap<>();

  static SocketTable read() throws IOException {
    SocketTable table = new SocketTable();
    for (String file : List.of("tcp", "tcp6")) {
      Path path = Path.of("/proc/self/net", file);
      if (Files.exists(path)) {
        Files.readAllLines(path).stream().skip(1).forEach(table::add);
      }
    }
    return table;
  }

  /** The ends and the state of {@code socket:[inode]}; "not TCP" for one that is not listed. */
  String describe(String target) {
    String inode = target.substring(target.indexOf('[') + 1, target.length() - 1);
    return byInode.getOrDefault(inode, "not TCP");
  }

  private void add(String line) {
    String[] fields = line.strip().split("\\s+");
    int state = Integer.parseInt(fields[3], 16);
    String name = state < STATES.size() ? STATES.get(state) : "state " + state;
    byInode.put(fields[9], "port " + port(fields[1]) + " to " + port(fields[2]) + " " + name);
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }
}
