package io.diskmap.http.server;

import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Query;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;

/**
 * One authenticated call: the exchange, its query and its caller. Used by one thread. Every path
 * goes through here, where the rules of paths and the limits of the key are held.
 */
final class ApiCall {
  private final HttpExchange exchange;
  private final Query query;
  private final Caller caller;
  private final Disks disks;

  ApiCall(HttpExchange exchange, Query query, Caller caller, Disks disks) {
    this.exchange = exchange;
    this.query = query;
    this.caller = caller;
    this.disks = disks;
  }

  HttpExchange exchange() {
    return exchange;
  }

  Query query() {
    return query;
  }

  Caller caller() {
    return caller;
  }

  /** The disk's name: the parameter, or the server's default. */
  String diskName() {
    return query.get(Names.DISK).orElse(disks.defaultDisk());
  }

  /**
   * The disk on behalf of the caller; one that the key does not open looks like one that is not
   * there.
   */
  Storage storage() throws IOException {
    String name = diskName();
    caller.requireDisk(name);
    if (!disks.names().contains(name)) {
      throw Refusal.forbidden();
    }
    return disks.disk(name).with(caller.context());
  }

  /** The file that the parameter {@code path} names. */
  StoragePath path() throws IOException {
    String text =
        query
            .get(Names.PATH)
            .orElseThrow(() -> Refusal.badRequest("The parameter path is missing."));
    return permitted(StoragePath.of(text));
  }

  /** The prefix that the parameter names; the root when it is missing or empty. */
  StoragePath prefix() throws IOException {
    return permitted(StoragePath.prefix(query.get(Names.PREFIX).orElse("")));
  }

  /** Refuses a path that the key does not open. */
  StoragePath permitted(StoragePath path) throws Refusal {
    caller.requirePath(path);
    return path;
  }

  void requireChange() throws Refusal {
    caller.requireChange();
  }

  /** Turns what the storage says about a request body's stream back into what the stream said. */
  static StorageException unwrapSource(StorageException failure) {
    return failure.getCause() instanceof StorageException source ? source : failure;
  }
}
