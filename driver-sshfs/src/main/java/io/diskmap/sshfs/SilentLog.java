package io.diskmap.sshfs;

import net.schmizz.sshj.common.LoggerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * Keeps the SSH library silent: it logs each lost connection as an error with a stack trace, and
 * what matters reaches the caller as an exception. Stateless.
 */
final class SilentLog implements LoggerFactory {
  static final SilentLog FACTORY = new SilentLog();

  private SilentLog() {}

  @Override
  public Logger getLogger(String name) {
    return NOPLogger.NOP_LOGGER;
  }

  @Override
  public Logger getLogger(Class<?> type) {
    return NOPLogger.NOP_LOGGER;
  }
}
