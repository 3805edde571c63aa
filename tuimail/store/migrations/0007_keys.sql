-- Which mail a program meant by which key, so that handing it in twice makes one.

CREATE TABLE keys (
  origin TEXT NOT NULL CHECK (origin <> ''),  -- the actor
  account TEXT NOT NULL,
  key TEXT NOT NULL CHECK (key <> ''),
  content_digest TEXT NOT NULL,
  draft_id TEXT NOT NULL,  -- outlives the draft
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  PRIMARY KEY (origin, account, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER keys_never_change BEFORE UPDATE ON keys
BEGIN
  SELECT RAISE(ABORT, 'what a key stands for is never changed');
END;

CREATE TRIGGER keys_stay BEFORE DELETE ON keys
BEGIN SELECT RAISE(ABORT, 'a key is never deleted'); END;
