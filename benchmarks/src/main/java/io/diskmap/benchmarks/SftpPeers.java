package io.diskmap.benchmarks;

import io.diskmap.testkit.server.OpenSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code sftp} command of OpenSSH and rclone, at one port of a server. For one thread. */
final class SftpPeers {
  private final OpenSshServer server;
  private final int port;
  private final Path work;
  private final Path empty;

  /** Peers that list an empty directory of the server to find out what their start takes. */
  SftpPeers(OpenSshServer server, int port, Path work, Path empty) throws IOException {
    this.server = server;
    this.port = port;
    this.empty = empty;
    this.work = Files.createDirectories(work.resolve("port-" + port));
    String keys = Files.readString(server.knownHosts());
    Files.writeString(known(), keys.replace(":" + server.port(), ":" + port));
  }

  private Path known() {
    return work.resolve("known_hosts");
  }

  /** Runs lines of an sftp batch; without one it logs in and leaves. */
  Duel.Step sftp(String... lines) {
    Duel.Step nothing = () -> runSftp("pwd");
    Duel.Step whole = () -> runSftp(lines);
    return whole.without(nothing);
  }

  private void runSftp(String... lines) throws IOException, InterruptedException {
    Path batch = Files.write(work.resolve("batch"), List.of(lines));
    Shell.run(
        "sftp",
        "-q",
        "-F",
        "none",
        "-b",
        batch.toString(),
        "-P",
        Integer.toString(port),
        "-i",
        server.identity().toString(),
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "UserKnownHostsFile=" + known(),
        server.user() + "@127.0.0.1");
  }

  /** Runs rclone; {@code {}} stands for the server in its arguments. */
  Duel.Step rclone(String... arguments) {
    Duel.Step nothing = () -> runRclone("lsf", "--max-depth", "1", "{}" + empty);
    Duel.Step whole = () -> runRclone(arguments);
    return whole.without(nothing);
  }

  private void runRclone(String... arguments) throws IOException, InterruptedException {
    String remote =
        ":sftp,host=127.0.0.1,port=%d,user=%s,key_file='%s',known_hosts_file='%s',disable_hashcheck=true:"
            .formatted(port, server.user(), server.identity(), known());
    List<String> command = new ArrayList<>(List.of("rclone", "--config", "/dev/null", "-q"));
    for (String argument : arguments) {
      command.add(argument.replace("{}", remote));
    }
    Shell.run(command.toArray(String[]::new));
  }
}
