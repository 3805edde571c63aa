-- Programs that may hand in mail, and people who decide about it. Tokens and PINs
-- are kept as hashes, which the journal never sees.

-------------------------------------------------------------------- clients --

CREATE TABLE clients (
  -- Two names that differ only in capitals would be taken for one.
  name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),
  token_hash TEXT NOT NULL,  -- SHA-256; empty once it was revoked
  last_characters TEXT NOT NULL,  -- of the token, to tell two apart
  scopes TEXT NOT NULL CHECK (scopes <> ''),  -- words with blanks between them
  account TEXT NOT NULL,  -- the one it may use; empty means any
  sender TEXT NOT NULL,  -- the one address it may write from; empty means any
  per_hour INTEGER NOT NULL CHECK (per_hour > 0),
  added_at TEXT NOT NULL CHECK (added_at GLOB '????-??-??T??:??:??.??????Z'),
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z'),
  revoked_at TEXT CHECK (revoked_at GLOB '????-??-??T??:??:??.??????Z'),
  CHECK ((token_hash = '') = (revoked_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX clients_by_token ON clients (token_hash) WHERE token_hash <> '';

CREATE TRIGGER clients_stay BEFORE DELETE ON clients
BEGIN SELECT RAISE(ABORT, 'a client is never deleted, but revoked'); END;

CREATE TRIGGER clients_stay_what_they_are
BEFORE UPDATE OF name, scopes, account, sender, per_hour, added_at ON clients
BEGIN
  SELECT RAISE(ABORT, 'what a client may do is never changed');
END;

CREATE TRIGGER clients_stay_revoked BEFORE UPDATE ON clients
WHEN OLD.revoked_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a client that was revoked is not let in again');
END;

CREATE TRIGGER clients_are_told AFTER INSERT ON clients
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.added_at, 'client_added', '',
    json_object(
      'client', NEW.name, 'scopes', NEW.scopes, 'account', NEW.account,
      'sender', NEW.sender, 'per_hour', CAST(NEW.per_hour AS TEXT)));
END;

CREATE TRIGGER clients_are_told_further AFTER UPDATE OF token_hash ON clients
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at,
    iif(NEW.revoked_at IS NULL, 'client_rotated', 'client_revoked'), '',
    json_object('client', NEW.name));
END;

-- What its author said about a later revision; about the first, the draft has it.
ALTER TABLE revisions ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- How much a client handed in lately, and which mail is its own.
CREATE INDEX revisions_by_agent ON revisions (author, created_at)
  WHERE author GLOB 'agent:*';
CREATE INDEX drafts_by_agent ON drafts (actor, id) WHERE actor GLOB 'agent:*';

------------------------------------------------------------------ reviewers --

CREATE TABLE reviewers (
  name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),
  pin_hash TEXT NOT NULL,  -- scrypt, with its cost and salt; empty once removed
  added_at TEXT NOT NULL CHECK (added_at GLOB '????-??-??T??:??:??.??????Z'),
  removed_at TEXT CHECK (removed_at GLOB '????-??-??T??:??:??.??????Z'),
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- wrong PINs in a row
  failed_at TEXT CHECK (failed_at GLOB '????-??-??T??:??:??.??????Z'),
  waits_until TEXT CHECK (waits_until GLOB '????-??-??T??:??:??.??????Z'),
  CHECK ((pin_hash = '') = (removed_at IS NOT NULL)),
  CHECK (waits_until IS NULL OR failed_at IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER reviewers_stay BEFORE DELETE ON reviewers
BEGIN SELECT RAISE(ABORT, 'a reviewer is never deleted, but removed'); END;

CREATE TRIGGER reviewers_keep_their_name BEFORE UPDATE OF name ON reviewers
BEGIN
  SELECT RAISE(ABORT, 'the name of a reviewer is never changed');
END;

CREATE TRIGGER reviewers_are_told AFTER INSERT ON reviewers
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.added_at, 'reviewer_added', '', json_object('reviewer', NEW.name));
END;

CREATE TRIGGER reviewers_are_told_further AFTER UPDATE OF pin_hash ON reviewers
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    coalesce(NEW.removed_at, NEW.added_at),
    iif(NEW.removed_at IS NULL, 'reviewer_added', 'reviewer_removed'), '',
    json_object('reviewer', NEW.name));
END;

CREATE TRIGGER reviewers_are_told_to_wait AFTER UPDATE OF waits_until ON reviewers
WHEN NEW.waits_until IS NOT NULL AND NEW.waits_until IS NOT OLD.waits_until
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.failed_at, 'reviewer_waits', '',
    json_object(
      'reviewer', NEW.name, 'failures', CAST(NEW.failures AS TEXT),
      'until', NEW.waits_until));
END;
