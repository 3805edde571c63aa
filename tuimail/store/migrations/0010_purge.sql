-- Settled mail may be removed when a person asks for it: named in a table, with
-- everything about it, in one transaction. Everything else is still never deleted,
-- and the journal not even then.

-- Has no row, ever: what refers to it cannot be committed.
CREATE TABLE nobody (
  word TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Drafts that this very transaction removes; empty after each.
CREATE TABLE purging (
  draft_id TEXT NOT NULL PRIMARY KEY,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  is_over TEXT NOT NULL DEFAULT 'no'
    REFERENCES nobody (word) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TRIGGER purging_is_for_settled_mail BEFORE INSERT ON purging
WHEN NOT EXISTS (
    SELECT 1 FROM drafts
    WHERE id = NEW.draft_id AND status IN (
      'sent', 'queued', 'partial', 'error', 'cancelled', 'discarded', 'rejected'))
  OR EXISTS (
    SELECT 1 FROM submissions
    WHERE draft_id = NEW.draft_id
      AND state IN ('ready', 'held', 'sending', 'deferred', 'unknown'))
BEGIN
  SELECT RAISE(ABORT, 'only settled mail is purged');
END;

DROP TRIGGER drafts_stay;
CREATE TRIGGER drafts_stay BEFORE DELETE ON drafts
WHEN OLD.id NOT IN (SELECT draft_id FROM purging)
BEGIN SELECT RAISE(ABORT, 'a draft is never deleted, but purged'); END;

DROP TRIGGER revisions_stay;
CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions
WHEN OLD.draft_id NOT IN (SELECT draft_id FROM purging)
BEGIN SELECT RAISE(ABORT, 'a revision is never deleted, but purged'); END;

DROP TRIGGER decisions_stay;
CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
WHEN OLD.draft_id NOT IN (SELECT draft_id FROM purging)
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted, but purged'); END;

DROP TRIGGER approvals_stay;
CREATE TRIGGER approvals_stay BEFORE DELETE ON approvals
WHEN OLD.draft_id NOT IN (SELECT draft_id FROM purging)
BEGIN SELECT RAISE(ABORT, 'an approval is never deleted, but purged'); END;

DROP TRIGGER submissions_stay;
CREATE TRIGGER submissions_stay BEFORE DELETE ON submissions
WHEN OLD.draft_id NOT IN (SELECT draft_id FROM purging)
BEGIN SELECT RAISE(ABORT, 'a submission is never deleted, but purged'); END;

DROP TRIGGER recipients_stay;
CREATE TRIGGER recipients_stay BEFORE DELETE ON recipients
WHEN NOT EXISTS (
  SELECT 1 FROM submissions
  WHERE id = OLD.submission_id AND draft_id IN (SELECT draft_id FROM purging))
BEGIN SELECT RAISE(ABORT, 'a recipient is never deleted, but purged'); END;

DROP TRIGGER attempts_stay;
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts
WHEN NOT EXISTS (
  SELECT 1 FROM submissions
  WHERE id = OLD.submission_id AND draft_id IN (SELECT draft_id FROM purging))
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted, but purged'); END;

CREATE TRIGGER drafts_end AFTER DELETE ON drafts
BEGIN
  UPDATE status_counts SET count = count - 1 WHERE status = OLD.status;
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    (SELECT at FROM purging WHERE draft_id = OLD.id), 'mail_purged', OLD.id,
    json_object('status', OLD.status, 'revision', CAST(OLD.revision AS TEXT)));
END;

-- What refers to a row is looked for when the row goes (submissions: 0007).
CREATE INDEX drafts_by_submission ON drafts (submission_id)
  WHERE submission_id IS NOT NULL;
CREATE INDEX approvals_by_draft ON approvals (draft_id, revision);
