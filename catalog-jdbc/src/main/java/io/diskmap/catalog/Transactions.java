package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.jdbc.internal.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Runs transactions, repeats those that the database gave up in favour of others, and tells what a
 * failure means. Thread-safe.
 */
final class Transactions {
  private static final int ATTEMPTS = 5;

  /** What is done in one transaction. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it; a refusal rolls the transaction back like a failure. */
    T run(Connection connection) throws SQLException, StorageException;
  }

  private Transactions() {}

  static <T> T call(Database database, Work<T> work) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.change(
            connection -> {
              try {
                return work.run(connection);
              } catch (StorageException e) {
                throw new Refused(e);
              }
            });
      } catch (Refused e) {
        throw e.reason;
      } catch (SQLException e) {
        if (attempt == ATTEMPTS || !isWorthRepeating(e)) {
          throw of(e);
        }
      }
    }
  }

  /** A deadlock, a conflict of transactions, or a row that another one added at the same time. */
  private static boolean isWorthRepeating(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.startsWith("40") || state.startsWith("23");
  }

  private static StorageException of(SQLException failure) {
    return StorageException.builder(
            ErrorKind.UNAVAILABLE,
            "The catalogue's database failed (SQL state %s); see the cause and the database's log."
                .formatted(failure.getSQLState()))
        .retryAfter(Duration.ofSeconds(1))
        .cause(failure)
        .build();
  }

  /** Carries a refusal through a transaction. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StorageException reason;

    Refused(StorageException reason) {
      super(null, reason, false, false);
      this.reason = reason;
    }
  }
}
