-- What is being typed into a draft, until it is cut into a revision.

-- A row is about one revision, so that what was typed into an earlier one stays
-- when somebody else makes a newer one. It is no state of mail: nothing of it is
-- sent, approved or told in the journal.
CREATE TABLE working_copies (
  draft_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),  -- counts what was written here
  fields TEXT NOT NULL CHECK (json_type(fields) = 'object'),  -- as typed; {} for none
  place TEXT NOT NULL,  -- of the cursor, in the words of the face that wrote it
  writer TEXT NOT NULL,  -- the program that is at it, or empty
  saved_at TEXT NOT NULL CHECK (saved_at GLOB '????-??-??T??:??:??.??????Z'),
  PRIMARY KEY (draft_id, revision),
  FOREIGN KEY (draft_id, revision) REFERENCES revisions (draft_id, number)
) STRICT;

CREATE INDEX working_copies_by_time ON working_copies (saved_at)
  WHERE fields <> '{}' AND writer <> '';

CREATE TRIGGER working_copies_are_of_the_newest BEFORE INSERT ON working_copies
WHEN NEW.revision <> (SELECT revision FROM drafts WHERE id = NEW.draft_id)
BEGIN
  SELECT RAISE(ABORT, 'a working copy is of the newest revision');
END;

CREATE TRIGGER working_copies_are_seen_first BEFORE UPDATE ON working_copies
WHEN NEW.version <> OLD.version + 1
  OR NEW.draft_id <> OLD.draft_id OR NEW.revision <> OLD.revision
BEGIN
  SELECT RAISE(ABORT, 'a working copy is written over by who has seen it');
END;
