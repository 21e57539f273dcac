package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.Usage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;

/**
 * What users use and what they may, in the table {@code catalog_user}. Stateless; each call is part
 * of its caller's transaction.
 */
final class UserTable {
  private UserTable() {}

  /**
   * What a user has, and may have.
   *
   * @param used by all tasks, those on their way too
   * @param own the user's own quota, where one is set
   */
  record Account(Usage used, Optional<Quota> own) {}

  /** Locks the user's row until the end of the transaction; makes it where there is none. */
  static Account lock(Connection connection, String userId) throws SQLException {
    Optional<Account> found = read(connection, userId, " FOR UPDATE");
    if (found.isPresent()) {
      return found.get();
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO catalog_user (user_id, used_bytes, used_files) VALUES (?, 0, 0)")) {
      insert.setString(1, userId);
      insert.executeUpdate();
    }
    return new Account(Usage.NONE, Optional.empty());
  }

  static Account read(Connection connection, String userId) throws SQLException {
    return read(connection, userId, "").orElseGet(() -> new Account(Usage.NONE, Optional.empty()));
  }

  private static Optional<Account> read(Connection connection, String userId, String lock)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT used_files, used_bytes, max_bytes, max_files FROM catalog_user"
                + " WHERE user_id = ?"
                + lock)) {
      select.setString(1, userId);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        Usage used = new Usage(rows.getLong(1), rows.getLong(2));
        long maxBytes = rows.getLong(3);
        Optional<Quota> own =
            rows.wasNull() ? Optional.empty() : Optional.of(new Quota(maxBytes, rows.getLong(4)));
        return Optional.of(new Account(used, own));
      }
    }
  }

  /** Adds to what a locked user uses; refused with QUOTA_EXCEEDED where it may not. */
  static void charge(
      Connection connection, String userId, Account account, Quota byDefault, Usage more)
      throws SQLException, StorageException {
    Quota quota = account.own().orElse(byDefault);
    Usage used = account.used();
    if (!quota.allows(used.bytes(), used.files(), more.bytes(), more.files())) {
      throw StorageException.of(
          ErrorKind.QUOTA_EXCEEDED,
          ("The task has %d bytes in %d files, and with what the user has that is over the quota of"
                  + " %d bytes and %d files; delete older tasks, or raise the quota.")
              .formatted(more.bytes(), more.files(), quota.maxBytes(), quota.maxFiles()));
    }
    add(connection, userId, more.bytes(), more.files());
  }

  /** Gives back what a task used. */
  static void release(Connection connection, String userId, Usage less) throws SQLException {
    add(connection, userId, -less.bytes(), -less.files());
  }

  private static void add(Connection connection, String userId, long bytes, long files)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_user SET used_bytes = used_bytes + ?, used_files = used_files + ?"
                + " WHERE user_id = ?")) {
      update.setLong(1, bytes);
      update.setLong(2, files);
      update.setString(3, userId);
      update.executeUpdate();
    }
  }

  /** Sets a locked user's own quota, or takes it away. */
  static void setQuota(Connection connection, String userId, Optional<Quota> quota)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_user SET max_bytes = ?, max_files = ? WHERE user_id = ?")) {
      if (quota.isPresent()) {
        update.setLong(1, quota.get().maxBytes());
        update.setLong(2, quota.get().maxFiles());
      } else {
        update.setNull(1, Types.BIGINT);
        update.setNull(2, Types.BIGINT);
      }
      update.setString(3, userId);
      update.executeUpdate();
    }
  }
}
