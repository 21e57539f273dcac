package io.diskmap.audit.jdbc;

import java.sql.SQLException;
import java.util.Locale;

/**
 * What a failure of the database means for its operator, without what its message may hold. Any
 * thread may use it.
 */
final class Sentences {
  private Sentences() {}

  static String of(SQLException failure) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("no suitable driver")) {
      return "there is no JDBC driver for its URL on the class path.";
    }
    if (state.startsWith("08")) {
      return "the database does not answer; start it, or mend host and port in the URL.";
    }
    if (state.startsWith("28")) {
      return "user or password are wrong.";
    }
    if (state.startsWith("3D") || state.startsWith("42000")) {
      return "the database is missing, or the user may not make its tables.";
    }
    if (state.startsWith("42")) {
      return "the user may not make or use its tables.";
    }
    if (state.startsWith("90")) {
      return "its file is in use by another machine, damaged, or cannot be written (H2 code "
          + failure.getErrorCode()
          + ").";
    }
    return "the database says " + (state.isEmpty() ? "nothing more" : "SQL state " + state) + ".";
  }
}
