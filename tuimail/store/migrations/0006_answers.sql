-- Who said what in an attempt, and what is remembered about the ways out.

ALTER TABLE attempts ADD COLUMN server TEXT NOT NULL DEFAULT '';
-- JSON; only what differs from the reply beside it.
ALTER TABLE attempts ADD COLUMN answers TEXT NOT NULL DEFAULT '[]';

-- A hold that ends by itself, such as a daily share that is used up.
ALTER TABLE account_states ADD COLUMN until TEXT
  CHECK (until GLOB '????-??-??T??:??:??.??????Z');

-- A way out that could not be reached rests as a whole, whatever waits for it.
CREATE TABLE account_rests (
  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  failures INTEGER NOT NULL CHECK (failures >= 0),  -- in a row
  until TEXT CHECK (until GLOB '????-??-??T??:??:??.??????Z'),
  reason TEXT NOT NULL,
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE TRIGGER rests_are_told AFTER INSERT ON account_rests
WHEN NEW.until IS NOT NULL
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, 'account_rests', '',
    json_object(
      'account', NEW.name, 'failures', CAST(NEW.failures AS TEXT),
      'until', NEW.until));
END;

CREATE TRIGGER rests_are_told_further AFTER UPDATE OF until ON account_rests
WHEN NEW.until IS NOT OLD.until
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, iif(NEW.until IS NULL, 'account_answers', 'account_rests'), '',
    json_object(
      'account', NEW.name, 'failures', CAST(NEW.failures AS TEXT),
      'until', coalesce(NEW.until, '')));
END;

-- What this workspace remembers about itself, e.g. when it was last in use.
CREATE TABLE facts (
  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The sender asks each account for what it has to send.
DROP INDEX submissions_due;
CREATE INDEX submissions_due ON submissions (account, due_at)
  WHERE state IN ('ready', 'deferred');

-- Rerouted mail goes back to its author, also where everybody refused it.
DROP TRIGGER drafts_are_taken_back_unsent;
CREATE TRIGGER drafts_are_taken_back_unsent BEFORE UPDATE OF state ON drafts
WHEN OLD.state = 'released' AND NEW.state <> 'released'
  AND NOT EXISTS (
    SELECT 1 FROM submissions
    WHERE id = OLD.submission_id AND state IN ('cancelled', 'partial', 'error'))
BEGIN
  SELECT RAISE(ABORT, 'a draft is taken back only after its submission was withdrawn');
END;

-- An attempt that ends is looked for among what is sending, and only there.
CREATE INDEX submissions_sending ON submissions (sending_id)
  WHERE sending_id IS NOT NULL;

-- When somebody was last written to is known to the hour: every message to the
-- same few would else move the same rows.
DROP TRIGGER recipients_become_correspondents;
CREATE TRIGGER recipients_become_correspondents AFTER UPDATE OF state ON recipients
WHEN NEW.state IN ('sent', 'queued') AND OLD.state NOT IN ('sent', 'queued')
BEGIN
  INSERT INTO correspondents (address, first_at, last_at)
    VALUES (NEW.address, NEW.changed_at, NEW.changed_at)
    ON CONFLICT (address) DO UPDATE SET
      first_at = min(first_at, excluded.first_at),
      last_at = max(last_at, excluded.last_at)
    WHERE substr(last_at, 1, 13) <> substr(excluded.last_at, 1, 13);
  INSERT INTO correspondent_domains (domain, last_at)
    VALUES (substr(NEW.address, instr(NEW.address, '@') + 1), NEW.changed_at)
    ON CONFLICT (domain) DO UPDATE SET last_at = max(last_at, excluded.last_at)
    WHERE substr(last_at, 1, 13) <> substr(excluded.last_at, 1, 13);
END;
