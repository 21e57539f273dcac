package io.diskmap.http.internal.socket;

/**
 * How much of a body is given to a socket at a time.
 *
 * <p>A packet of Linux's loopback device holds 53 bytes less than 64 KiB. A block of that size goes
 * out as two packets, the second one with 53 bytes, and each of them wakes the other end; a large
 * file is no better, which the system moves by 16 pages, because an acknowledgement that arrives in
 * between sends off what is left of them. Java cannot hold the rest back ({@code TCP_CORK}). A
 * block of 15 pages is one packet, wherever in a page it begins; while the socket's buffer is full
 * the blocks join there.
 */
public final class SocketBlock {
  /** The size of a block. */
  public static final int BYTES = 60 * 1024;

  private SocketBlock() {}
}
