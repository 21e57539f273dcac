package io.diskmap.http.server;

import io.diskmap.AuditSink;
import io.diskmap.AuditTrail;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import java.util.List;
import java.util.Optional;

/** What the server needs of the process it runs in. Thread-safe. */
interface Disks {
  /** The disk of this name; NOT_FOUND where there is none. */
  Storage disk(String name) throws StorageException;

  /** The names of all disks, in order. */
  List<String> names();

  /** The disk of a call that names none. */
  String defaultDisk();

  ServerRole role();

  /** What the audit store has kept, where there is one. */
  Optional<AuditTrail> auditTrail();

  /** Where refused calls are recorded; calls that reach a storage are recorded by its pipeline. */
  AuditSink audit();
}
