package io.diskmap.http.server;

import io.diskmap.AuditSink;
import io.diskmap.AuditTrail;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.util.List;
import java.util.Optional;

/** The disks of a manager. Thread-safe. */
record ManagedDisks(StorageManager manager) implements Disks {
  @Override
  public Storage disk(String name) throws StorageException {
    return manager.disk(name);
  }

  @Override
  public List<String> names() {
    return manager.disks();
  }

  @Override
  public String defaultDisk() {
    return manager.workspaceName();
  }

  @Override
  public ServerRole role() {
    return manager.role();
  }

  @Override
  public Optional<AuditTrail> auditTrail() {
    return manager.auditTrail();
  }

  @Override
  public AuditSink audit() {
    return manager.audit();
  }
}
