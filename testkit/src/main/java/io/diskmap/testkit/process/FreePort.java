package io.diskmap.testkit.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A free TCP port for a server that cannot be told to choose one itself. For any thread; one JVM
 * hands out a port again only after all its others.
 *
 * <p>The ports lie below those that systems give to outgoing connections, so that no client of the
 * machine takes the port between the choice and the server's start.
 */
public final class FreePort {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int SHARE = 500;

  /** Where this process chooses: another one does not take the port of a server that restarts. */
  private static final int OWN =
      FIRST + (int) (ProcessHandle.current().pid() % ((LAST - FIRST) / SHARE)) * SHARE;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(SHARE));

  private FreePort() {}

  /** A port that nobody listens on, on any address of this machine. */
  public static int find() {
    for (int i = 0; i < SHARE; i++) {
      int port = OWN + Math.floorMod(NEXT.getAndIncrement(), SHARE);
      if (free(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + OWN + " and " + (OWN + SHARE));
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
