package io.diskmap.benchmarks;

import io.diskmap.testkit.process.Tool;
import io.diskmap.testkit.server.SambaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Other clients of a Samba server, whose start and log-in do not count. Immutable. */
final class SmbPeers {
  private static final Duration TIME = Duration.ofSeconds(60);
  private static final String CMAC = "--option=clientsmb3signingalgorithms=AES-128-CMAC";
  private static final Tool SMBCLIENT = Tool.ofPackage("smbclient", "smbclient");
  private static final Tool RCLONE = Tool.ofPackage("rclone", "rclone");

  private final int port;
  private final String hiddenPassword;

  SmbPeers(int port) throws Exception {
    this.port = port;
    this.hiddenPassword = RCLONE.run(TIME, "obscure", SambaServer.PASSWORD).orFail().out().strip();
  }

  /** smbclient with AES-128-CMAC signatures. */
  Duel.Step signed(String commands) {
    return smbclient("sign", CMAC, commands);
  }

  /** smbclient with the signatures that it takes by itself: AES-128-GMAC. */
  Duel.Step signedByDefault(String commands) {
    return smbclient("sign", "--debuglevel=0", commands);
  }

  /** smbclient with AES-128-GCM. */
  Duel.Step encrypted(String commands) {
    return smbclient("encrypt", "--option=clientsmb3encryptionalgorithms=AES-128-GCM", commands);
  }

  private Duel.Step smbclient(String protection, String option, String commands) {
    return whole(protection, option, commands).without(whole(protection, option, "exit"));
  }

  private Duel.Step whole(String protection, String option, String commands) {
    return () ->
        Shell.run(
            SMBCLIENT.path().toString(),
            "//127.0.0.1/" + SambaServer.SHARE,
            "--configfile=/dev/null",
            "--port=" + port,
            "--user=" + SambaServer.user() + "%" + SambaServer.PASSWORD,
            "--client-protection=" + protection,
            option,
            "--command=" + commands);
  }

  /** rclone; {@code {}} stands for the share. */
  Duel.Step rclone(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(RCLONE.path().toString());
    for (String argument : arguments) {
      command.add(argument.replace("{}", ":smb:" + SambaServer.SHARE));
    }
    command.addAll(
        List.of(
            "--config=/dev/null",
            "--smb-host=127.0.0.1",
            "--smb-port=" + port,
            "--smb-user=" + SambaServer.user(),
            "--smb-pass=" + hiddenPassword,
            "--ignore-times",
            "--log-level=ERROR"));
    Duel.Step whole = () -> Shell.run(command.toArray(new String[0]));
    return whole.without(() -> Shell.run(RCLONE.path().toString(), "version"));
  }
}
