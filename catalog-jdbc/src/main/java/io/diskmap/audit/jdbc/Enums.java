package io.diskmap.audit.jdbc;

import io.diskmap.AuditAction;
import java.util.Locale;

/** The names under which enums are stored. Any thread may use it. */
final class Enums {
  private Enums() {}

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E value(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }

  /** The action with this label. */
  static AuditAction action(String label) {
    for (AuditAction action : AuditAction.values()) {
      if (action.label().equals(label)) {
        return action;
      }
    }
    throw new IllegalArgumentException("there is no action " + label);
  }
}
