-- What is to be done with mail that could not leave at the time somebody chose.

CREATE TABLE plans (
  submission_id TEXT NOT NULL PRIMARY KEY REFERENCES submissions (id),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  late TEXT NOT NULL CHECK (late IN ('ask', 'send', 'draft')),
  -- Whether it still counts: not after somebody let the mail go on late.
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE TRIGGER plans_are_for_what_waits BEFORE INSERT ON plans
WHEN NOT EXISTS (
  SELECT 1 FROM submissions
  WHERE id = NEW.submission_id AND state IN ('ready', 'held'))
BEGIN
  SELECT RAISE(ABORT, 'only mail that waits is planned');
END;

CREATE TRIGGER plans_change_for_what_waits BEFORE UPDATE OF at, late ON plans
WHEN NOT EXISTS (
  SELECT 1 FROM submissions
  WHERE id = NEW.submission_id AND state IN ('ready', 'held'))
BEGIN
  SELECT RAISE(ABORT, 'only mail that waits is planned');
END;

CREATE TRIGGER plans_keep_their_mail BEFORE UPDATE OF submission_id ON plans
BEGIN
  SELECT RAISE(ABORT, 'a plan is for one mail');
END;

CREATE TRIGGER plans_stay BEFORE DELETE ON plans
WHEN NOT EXISTS (
  SELECT 1 FROM submissions
  WHERE id = OLD.submission_id AND draft_id IN (SELECT draft_id FROM purging))
BEGIN
  SELECT RAISE(ABORT, 'a plan is never deleted, but purged');
END;

CREATE TRIGGER plans_are_told AFTER INSERT ON plans
BEGIN
  INSERT INTO steps (at, event, draft_id, details) SELECT
    NEW.changed_at, 'submission_planned', draft_id,
    json_object('submission', NEW.submission_id, 'due_at', NEW.at, 'late', NEW.late)
    FROM submissions WHERE id = NEW.submission_id;
END;

CREATE TRIGGER plans_are_told_anew AFTER UPDATE OF at, late ON plans
WHEN NEW.at <> OLD.at OR NEW.late <> OLD.late
BEGIN
  INSERT INTO steps (at, event, draft_id, details) SELECT
    NEW.changed_at, 'submission_planned', draft_id,
    json_object('submission', NEW.submission_id, 'due_at', NEW.at, 'late', NEW.late)
    FROM submissions WHERE id = NEW.submission_id;
END;

-- Whoever wanted it to leave then is told.

DROP INDEX notices_untold;
ALTER TABLE notices RENAME TO notices_before;

CREATE TABLE notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never that of one that was told
  kind TEXT NOT NULL
    CHECK (kind IN ('account_held', 'unknown', 'access_lost', 'late')),
  subject TEXT NOT NULL CHECK (subject <> ''),  -- an account, a draft, or a file
  sentence TEXT NOT NULL,  -- names no blind copy
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  told_at TEXT CHECK (told_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE UNIQUE INDEX notices_untold ON notices (kind, subject) WHERE told_at IS NULL;

INSERT INTO notices (number, kind, subject, sentence, at, told_at)
SELECT number, kind, subject, sentence, at, told_at FROM notices_before;

DELETE FROM sqlite_sequence WHERE name = 'notices';
UPDATE sqlite_sequence SET name = 'notices' WHERE name = 'notices_before';
DROP TABLE notices_before;
