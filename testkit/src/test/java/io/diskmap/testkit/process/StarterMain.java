package io.diskmap.testkit.process;

import java.util.List;

/** A program that starts a server and a child JVM, and ends without stopping them. */
public final class StarterMain {
  private StarterMain() {}

  /** Prints the process ids of what it has started. */
  public static void main(String[] arguments) throws Exception {
    ServerProcess server = ServerProcess.builder("sleeper", List.of("sleep", "1000")).start();
    ChildJvm child = ChildJvm.of(ChildScript.class).arguments("echo").start();
    System.out.println("started " + server.pid().orElseThrow() + " " + child.pid());
    System.exit(0);
  }
}
