-- Which mail somebody meant by which key, so that asking twice makes one; and
-- until when a mail is of use.

CREATE TABLE keys (
  origin TEXT NOT NULL CHECK (origin <> ''),  -- the actor
  account TEXT NOT NULL,
  key TEXT NOT NULL CHECK (key <> ''),
  content_digest TEXT NOT NULL CHECK (content_digest <> ''),
  draft_id TEXT NOT NULL CHECK (draft_id <> ''),  -- outlives the draft
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  PRIMARY KEY (origin, account, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_by_draft ON keys (draft_id);

CREATE TRIGGER keys_never_change BEFORE UPDATE ON keys
BEGIN
  SELECT RAISE(ABORT, 'what a key stands for is never changed');
END;

CREATE TRIGGER keys_stay BEFORE DELETE ON keys
BEGIN SELECT RAISE(ABORT, 'a key is never deleted'); END;

-- Also in the content; here, so that a list need not read that.
ALTER TABLE revisions ADD COLUMN expires_at TEXT
  CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z');

-- Mail that was taken back, or rerouted, has had several.
CREATE INDEX submissions_by_draft ON submissions (draft_id);
