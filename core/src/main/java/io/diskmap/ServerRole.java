package io.diskmap;

import org.jspecify.annotations.Nullable;

/** What a process is in a deployment. Any thread may use it. */
public enum ServerRole {
  /** A public server: every disk is remote, no file is written. */
  WEB("web"),
  /** The server that holds the disks. */
  SERVICES("services"),
  /** A test: disks in memory or in a temporary directory. */
  TESTING("testing"),
  /** A worker: the drivers as mapped. */
  WORKER("worker");

  private final String text;

  ServerRole(String text) {
    this.text = text;
  }

  /**
   * The role of a text such as the variable {@code SERVER_ROLE}; spaces around it do not count.
   *
   * @throws DiskMapException if the text is absent or names no role
   */
  public static ServerRole fromText(@Nullable String text) {
    for (ServerRole role : values()) {
      if (text != null && role.text.equals(text.strip())) {
        return role;
      }
    }
    throw DiskMapException.of("SERVER_ROLE must be web, services, worker or testing");
  }

  /** The role as {@code SERVER_ROLE} writes it. */
  public String text() {
    return text;
  }
}
