-- One row for each run of a process that writes: its chain's ends, which anchor it.
CREATE TABLE IF NOT EXISTS audit_writer (
  writer BIGINT NOT NULL PRIMARY KEY,
  label ${text:255} NOT NULL,
  server_role ${text:16} NOT NULL,
  started_at BIGINT NOT NULL,
  first_seq BIGINT NOT NULL,
  first_prev ${hash} NOT NULL,
  head_seq BIGINT NOT NULL,
  head_hash ${hash} NOT NULL,
  open_from BIGINT NOT NULL,
  closed_by BIGINT,
  witnessed_by BIGINT
);

-- What begins: intents of operations, and the chain's own marks.
CREATE TABLE IF NOT EXISTS audit_intent (
  writer BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  phase SMALLINT NOT NULL,
  event_id ${text:64} NOT NULL,
  action ${text:40} NOT NULL,
  outcome ${text:16} NOT NULL,
  error_kind ${text:40},
  audit_user ${text:255},
  cohort ${text:255},
  disk ${text:64} NOT NULL,
  file_path ${text:1100} NOT NULL,
  file_type ${text:255},
  file_size BIGINT,
  server_role ${text:16} NOT NULL,
  stream_start BIGINT NOT NULL,
  stream_complete BIGINT,
  bytes_transferred BIGINT NOT NULL,
  cleanup_scheduled_for BIGINT,
  request_id ${text:128},
  key_id ${text:255},
  remote_address ${text:255},
  sha256 ${text:64},
  metadata ${longtext},
  hash ${hash} NOT NULL,
  PRIMARY KEY (writer, seq)
);

-- What ended: one row for each operation, in the same chain.
CREATE TABLE IF NOT EXISTS audit_record (
  writer BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  phase SMALLINT NOT NULL,
  event_id ${text:64} NOT NULL,
  action ${text:40} NOT NULL,
  outcome ${text:16} NOT NULL,
  error_kind ${text:40},
  audit_user ${text:255},
  cohort ${text:255},
  disk ${text:64} NOT NULL,
  file_path ${text:1100} NOT NULL,
  file_type ${text:255},
  file_size BIGINT,
  server_role ${text:16} NOT NULL,
  stream_start BIGINT NOT NULL,
  stream_complete BIGINT,
  bytes_transferred BIGINT NOT NULL,
  cleanup_scheduled_for BIGINT,
  request_id ${text:128},
  key_id ${text:255},
  remote_address ${text:255},
  sha256 ${text:64},
  metadata ${longtext},
  hash ${hash} NOT NULL,
  PRIMARY KEY (writer, seq)
);

CREATE INDEX IF NOT EXISTS audit_record_start ON audit_record (stream_start, writer, seq);

CREATE INDEX IF NOT EXISTS audit_record_user ON audit_record (audit_user, stream_start, writer, seq);

CREATE INDEX IF NOT EXISTS audit_record_path ON audit_record (${key:file_path}, stream_start);

-- What a run locks for as long as it lives, on databases without locks by name.
CREATE TABLE IF NOT EXISTS audit_lease (
  writer BIGINT NOT NULL PRIMARY KEY
);
