-- The owner's policy as it was readable, one row for each time that it became
-- another. The newest is in force, also while the file cannot be read; the earlier
-- ones say what a mail was approved under.

CREATE TABLE policies (
  number INTEGER PRIMARY KEY,
  digest TEXT NOT NULL CHECK (length(digest) = 64),  -- SHA-256 of content
  content BLOB NOT NULL,  -- the whole file
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TRIGGER policies_become_others BEFORE INSERT ON policies
WHEN NEW.digest IS (SELECT digest FROM policies ORDER BY number DESC LIMIT 1)
BEGIN
  SELECT RAISE(ABORT, 'a policy is kept when it is another than the one before');
END;

CREATE TRIGGER policies_never_change BEFORE UPDATE ON policies
BEGIN
  SELECT RAISE(ABORT, 'a policy that was kept is never changed');
END;

CREATE TRIGGER policies_stay BEFORE DELETE ON policies
BEGIN SELECT RAISE(ABORT, 'a policy is never deleted'); END;

CREATE TRIGGER policies_are_told AFTER INSERT ON policies
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'policy_changed', '',
    json_object(
      'policy', CAST(NEW.number AS TEXT),
      'digest', NEW.digest,
      'previous', coalesce(
        (SELECT digest FROM policies WHERE number < NEW.number
         ORDER BY number DESC LIMIT 1), '')));
END;

-- What budgets are counted by.
CREATE INDEX decisions_by_rule ON decisions (reason, at) WHERE role = 'rule';
CREATE INDEX submissions_by_account ON submissions (account, released_at);
