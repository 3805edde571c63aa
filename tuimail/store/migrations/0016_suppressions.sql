-- Who gets no mail any more, and why.
--
-- In the journal an address is its hash: whoever unsubscribed may have had a blind
-- copy, and reasons may name anybody.

CREATE TABLE suppressions (
  key TEXT NOT NULL PRIMARY KEY CHECK (key <> ''),  -- what is compared
  address TEXT NOT NULL CHECK (address <> ''),  -- as people write it
  scope TEXT NOT NULL CHECK (scope IN ('all', 'bulk')),
  reason TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('person', 'unsubscribe', 'report')),
  draft_id TEXT NOT NULL,  -- the mail that led to it, which it outlives; or empty
  actor TEXT NOT NULL CHECK (actor <> '' AND actor NOT GLOB 'agent:*'),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  -- Set in the transaction that deletes the row, for the journal to have a time.
  removed_at TEXT CHECK (removed_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE INDEX suppressions_by_time ON suppressions (at, key);

CREATE TRIGGER suppressions_are_born_in_force BEFORE INSERT ON suppressions
WHEN NEW.removed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a suppression begins in force'); END;

CREATE TRIGGER suppressions_keep_their_key BEFORE UPDATE OF key ON suppressions
BEGIN SELECT RAISE(ABORT, 'whom a suppression is about is never changed'); END;

CREATE TRIGGER suppressions_are_removed_in_the_open BEFORE DELETE ON suppressions
WHEN OLD.removed_at IS NULL
BEGIN SELECT RAISE(ABORT, 'a suppression goes only with a line in the journal'); END;

CREATE TRIGGER suppressions_are_told AFTER INSERT ON suppressions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'suppression_added', NEW.draft_id,
    json_object(
      'address_digest', sha256(NEW.key),
      'scope', NEW.scope,
      'source', NEW.source,
      'reason_digest', sha256(NEW.reason)));
END;

CREATE TRIGGER suppressions_are_told_further
AFTER UPDATE OF address, scope, reason, source, draft_id, actor, at ON suppressions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'suppression_changed', NEW.draft_id,
    json_object(
      'address_digest', sha256(NEW.key),
      'from', OLD.scope,
      'scope', NEW.scope,
      'source', NEW.source,
      'reason_digest', sha256(NEW.reason)));
END;

CREATE TRIGGER suppressions_are_told_at_their_end
AFTER UPDATE OF removed_at ON suppressions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.removed_at, 'suppression_removed', NEW.draft_id,
    json_object('address_digest', sha256(NEW.key), 'scope', OLD.scope));
END;
