-- One row for each user who has tasks or a quota: what they use, and what they may.
CREATE TABLE IF NOT EXISTS catalog_user (
  user_id ${text:255} NOT NULL PRIMARY KEY,
  used_bytes BIGINT NOT NULL,
  used_files BIGINT NOT NULL,
  max_bytes BIGINT,
  max_files BIGINT
);

-- One row for each task; only those in state 'complete' are shown.
CREATE TABLE IF NOT EXISTS catalog_task (
  task_id ${text:128} NOT NULL PRIMARY KEY,
  user_id ${text:255} NOT NULL,
  task_name ${text:255} NOT NULL,
  submitted_at BIGINT NOT NULL,
  storage_path ${text:1024} NOT NULL,
  state ${text:16} NOT NULL,
  files BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  begun_at BIGINT NOT NULL,
  completed_at BIGINT,
  holder ${text:64},
  held_until BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS catalog_task_user ON catalog_task (user_id, submitted_at, task_id);

CREATE INDEX IF NOT EXISTS catalog_task_name ON catalog_task (user_id, task_name, submitted_at, task_id);

CREATE INDEX IF NOT EXISTS catalog_task_time ON catalog_task (submitted_at, task_id);

CREATE INDEX IF NOT EXISTS catalog_task_state ON catalog_task (state, held_until);

-- One row for each file of a task, numbered in the order of their paths.
CREATE TABLE IF NOT EXISTS catalog_file (
  task_id ${text:128} NOT NULL,
  file_no INT NOT NULL,
  path ${text:1024} NOT NULL,
  name ${text:255} NOT NULL,
  size BIGINT NOT NULL,
  crc32c ${text:8} NOT NULL,
  sha256 ${text:64} NOT NULL,
  upload_id ${text:1024},
  uploaded_at BIGINT,
  PRIMARY KEY (task_id, file_no)
);

CREATE INDEX IF NOT EXISTS catalog_file_path ON catalog_file (task_id, ${key:path});
