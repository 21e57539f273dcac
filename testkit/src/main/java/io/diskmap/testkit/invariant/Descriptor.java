package io.diskmap.testkit.invariant;

/**
 * One open file descriptor of this process. An immutable value for any thread.
 *
 * @param number the descriptor
 * @param target what it leads to, as the system names it: a path, {@code socket:[12]}, {@code
 *     pipe:[3]}, {@code anon_inode:[eventpoll]}
 * @param detail the ends and the state of a socket, otherwise empty
 */
public record Descriptor(int number, String target, String detail) {
  /** Whether this is a network or local socket. */
  public boolean isSocket() {
    return target.startsWith("socket:");
  }

  /** Whether this is a file or directory, also a deleted one. */
  public boolean isFile() {
    return target.startsWith("/");
  }

  @Override
  public String toString() {
    return number + " -> " + target + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
