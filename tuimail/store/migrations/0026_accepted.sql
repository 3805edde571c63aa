-- Which warnings about a revision a reviewer took note of and let stand, and why.

-- Nothing is changed here: what is taken back is one more line, without a reason.
CREATE TABLE acceptances (
  number INTEGER PRIMARY KEY,
  draft_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  code TEXT NOT NULL CHECK (code <> ''),  -- of the finding
  reason TEXT NOT NULL,  -- empty where it is not let stand any more
  actor TEXT NOT NULL CHECK (actor <> ''),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  FOREIGN KEY (draft_id, revision) REFERENCES revisions (draft_id, number)
    ON DELETE CASCADE
) STRICT;

CREATE INDEX acceptances_by_draft ON acceptances (draft_id, revision);

CREATE TRIGGER acceptances_are_about_what_is_decided BEFORE INSERT ON acceptances
WHEN NOT EXISTS (
  SELECT 1 FROM drafts
  WHERE id = NEW.draft_id AND revision = NEW.revision AND state = 'review')
BEGIN
  SELECT RAISE(ABORT, 'only of what waits for a decision is a warning let stand');
END;

CREATE TRIGGER acceptances_never_change BEFORE UPDATE ON acceptances
BEGIN
  SELECT RAISE(ABORT, 'what somebody let stand is never changed');
END;

CREATE TRIGGER acceptances_stay BEFORE DELETE ON acceptances
WHEN OLD.draft_id NOT IN (SELECT draft_id FROM purging)
BEGIN
  SELECT RAISE(ABORT, 'what somebody let stand is never deleted, but purged');
END;

CREATE TRIGGER acceptances_are_told AFTER INSERT ON acceptances
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, iif(NEW.reason = '', 'warning_taken_up', 'warning_accepted'),
    NEW.draft_id,
    json_object(
      'revision', CAST(NEW.revision AS TEXT),
      'code', NEW.code,
      'by', NEW.actor,
      'reason_digest', keyed_digest('reason', NEW.reason)));
END;

------------------------------------------------------------------- revisions --

-- Name of the first of ``shown_to``, as the mail has it; empty where it has none.
ALTER TABLE revisions ADD COLUMN shown_name TEXT NOT NULL DEFAULT '';
