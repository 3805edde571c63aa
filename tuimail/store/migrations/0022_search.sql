-- In which order mail that waits is shown, and words of mail, to be found by.

---------------------------------------------------------------------- drafts --

-- Of the newest revision: whether a check found what nobody should overlook, and
-- when it is of no use any more. They stand here so that one index has them in
-- order beside where a draft stands.
ALTER TABLE drafts ADD COLUMN is_blocked INTEGER NOT NULL DEFAULT 0
  CHECK (is_blocked IN (0, 1));
ALTER TABLE drafts ADD COLUMN expires_at TEXT
  CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z');

UPDATE drafts
SET is_blocked = (revision.worst_finding = 'block'), expires_at = revision.expires_at
FROM revisions AS revision
WHERE revision.draft_id = drafts.id AND revision.number = drafts.revision
  AND (revision.worst_finding = 'block' OR revision.expires_at IS NOT NULL);

CREATE TRIGGER revisions_say_what_is_urgent AFTER INSERT ON revisions
WHEN NEW.worst_finding = 'block' OR NEW.expires_at IS NOT NULL OR NEW.number > 1
BEGIN
  UPDATE drafts
  SET is_blocked = (NEW.worst_finding = 'block'), expires_at = NEW.expires_at
  WHERE id = NEW.draft_id AND (
    is_blocked <> (NEW.worst_finding = 'block') OR expires_at IS NOT NEW.expires_at);
END;

-- Only of mail that waits for a person, so that what was sent costs nothing here.
CREATE INDEX drafts_waiting ON drafts (is_blocked, changed_at, id, expires_at, status)
  WHERE status IN ('review', 'approved');
CREATE INDEX drafts_expiring ON drafts (expires_at, id, is_blocked, status)
  WHERE status IN ('review', 'approved') AND expires_at IS NOT NULL;

-- What leaves next, of all accounts.
CREATE INDEX submissions_leaving ON submissions (due_at, draft_id, state)
  WHERE state IN ('ready', 'deferred');

----------------------------------------------------------------------- words --

-- Made from the newest revisions at any time, and told to nobody: no state of mail.
-- It has no copy of any text, only where each word stands.
CREATE VIRTUAL TABLE words USING fts5 (
  subject, sender, recipients, body, files, note, agent, account,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2');

-- Which revision of a mail its words are of.
CREATE TABLE worded (
  number INTEGER PRIMARY KEY,  -- the row in words
  draft_id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL
) STRICT;

-- How far the journal was read for what is to be found.
CREATE TABLE words_read (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO words_read (one, number) VALUES (1, 0);
