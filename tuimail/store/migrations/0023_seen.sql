-- Which revision somebody looked at, for the list of what waits.

-- One row for a mail that was opened here. It is no state of mail: nothing is sent,
-- approved or told in the journal because of it, and a rebuild forgets it.
CREATE TABLE seen (
  draft_id TEXT PRIMARY KEY REFERENCES drafts (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL CHECK (revision >= 1),  -- the newest that was opened
  before INTEGER NOT NULL CHECK (before >= 0 AND before < revision),  -- the one before
  tabs TEXT NOT NULL CHECK (json_type(tabs) = 'array'),  -- read to their end, of it
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TRIGGER seen_goes_forward BEFORE UPDATE OF revision ON seen
WHEN NEW.revision < OLD.revision
BEGIN
  SELECT RAISE(ABORT, 'a newer revision was seen already');
END;

-- What a reviewer noted at places of a revision, and told nobody yet.
CREATE TABLE remarks (
  number INTEGER PRIMARY KEY,
  draft_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  field TEXT NOT NULL,
  line INTEGER NOT NULL CHECK (line >= 0),  -- of the text, from 1; 0 for all of it
  text TEXT NOT NULL CHECK (text <> ''),
  FOREIGN KEY (draft_id, revision) REFERENCES revisions (draft_id, number)
    ON DELETE CASCADE
) STRICT;

CREATE INDEX remarks_by_draft ON remarks (draft_id, revision);
