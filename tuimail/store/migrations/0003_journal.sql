-- What follows from each step: a line in the journal, in the same transaction and
-- chained by hash, the one status that lists show, and how many have it.
--
-- Never in the journal: Bcc addresses, and texts that may quote one (server
-- replies, reasons). A reviewer's reason is bound by its hash.
--
-- The triggers call two functions of ours, actor() and sha256(): a program that
-- does not have them cannot write here.

-- Triggers insert into this view; the chain is made in one place. The empty
-- string takes the JSON mark off details, which is hashed as the text it is.
CREATE VIEW steps (at, event, draft_id, details) AS
  SELECT at, event, draft_id, details FROM journal;

CREATE TRIGGER steps_are_chained INSTEAD OF INSERT ON steps
BEGIN
  INSERT INTO journal
    (number, at, actor, event, draft_id, details, previous, hash)
  SELECT
    number, NEW.at, actor, NEW.event, NEW.draft_id, NEW.details || '', previous,
    sha256(json_array(
      number, NEW.at, actor, NEW.event, NEW.draft_id, NEW.details || '', previous))
  FROM (
    SELECT
      coalesce(max(number), 0) + 1 AS number,
      actor() AS actor,
      coalesce(
        (SELECT hash FROM journal ORDER BY number DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000'
      ) AS previous
    FROM journal
  );
END;

CREATE TRIGGER drafts_begin AFTER INSERT ON drafts
BEGIN
  INSERT INTO status_counts (status, count) VALUES (NEW.status, 1)
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.created_at, 'draft_created', NEW.id,
    json_object('state', NEW.state, 'origin', NEW.actor, 'door', NEW.door));
END;

CREATE TRIGGER drafts_move AFTER UPDATE OF state ON drafts
WHEN NEW.state <> OLD.state
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, 'draft_moved', NEW.id,
    json_object(
      'from', OLD.state, 'to', NEW.state,
      'revision', CAST(NEW.revision AS TEXT),
      'submission', coalesce(NEW.submission_id, '')));
  UPDATE drafts
    SET status = iif(
      NEW.state = 'released',
      (SELECT state FROM submissions WHERE id = NEW.submission_id),
      NEW.state)
    WHERE id = NEW.id;
  -- An approval is in force while its draft is approved, and not after.
  UPDATE approvals SET spent_at = NEW.changed_at
    WHERE draft_id = NEW.id AND spent_at IS NULL AND NEW.state <> 'approved';
END;

-- An edit voids the approval, also where the draft stays what it is.
CREATE TRIGGER drafts_are_edited AFTER UPDATE OF revision ON drafts
WHEN NEW.revision <> OLD.revision AND NEW.state = OLD.state
BEGIN
  UPDATE approvals SET spent_at = NEW.changed_at
    WHERE draft_id = NEW.id AND spent_at IS NULL;
END;

CREATE TRIGGER drafts_are_counted AFTER UPDATE OF status ON drafts
WHEN NEW.status <> OLD.status
BEGIN
  UPDATE status_counts SET count = count - 1 WHERE status = OLD.status;
  INSERT INTO status_counts (status, count) VALUES (NEW.status, 1)
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER revisions_are_told AFTER INSERT ON revisions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.created_at, 'revision_added', NEW.draft_id,
    json_object(
      'revision', CAST(NEW.number AS TEXT),
      'author', NEW.author,
      'content_digest', sha256(NEW.content),
      'message_digest', coalesce(NEW.message_digest, ''),
      'release_digest', NEW.release_digest));
END;

CREATE TRIGGER decisions_are_told AFTER INSERT ON decisions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'decided', NEW.draft_id,
    json_object(
      'revision', CAST(NEW.revision AS TEXT),
      'verdict', NEW.verdict,
      'by', NEW.actor,
      'door', NEW.door,
      'reason_digest', sha256(NEW.reason),
      'release_digest', NEW.release_digest,
      'findings_digest', NEW.findings_digest));
END;

CREATE TRIGGER approvals_are_told AFTER INSERT ON approvals
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'approval_given', NEW.draft_id,
    json_object(
      'approval', NEW.id,
      'revision', CAST(NEW.revision AS TEXT),
      'by', NEW.actor,
      'message_digest', NEW.message_digest,
      'release_digest', NEW.release_digest));
END;

CREATE TRIGGER approvals_are_told_when_spent AFTER UPDATE OF spent_at ON approvals
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.spent_at, 'approval_spent', NEW.draft_id,
    json_object('approval', NEW.id, 'revision', CAST(NEW.revision AS TEXT)));
END;

CREATE TRIGGER submissions_are_told AFTER INSERT ON submissions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.released_at, 'submission_created', NEW.draft_id,
    json_object(
      'submission', NEW.id,
      'approval', NEW.approval_id,
      'account', NEW.account,
      'due_at', NEW.due_at,
      'message_digest', NEW.message_digest,
      'release_digest', NEW.release_digest));
END;

CREATE TRIGGER submissions_move AFTER UPDATE OF state ON submissions
WHEN NEW.state <> OLD.state
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, 'submission_moved', NEW.draft_id,
    json_object(
      'submission', NEW.id, 'from', OLD.state, 'to', NEW.state,
      'due_at', coalesce(NEW.due_at, '')));
END;

CREATE TRIGGER submissions_show_in_lists AFTER UPDATE ON submissions
BEGIN
  UPDATE drafts SET status = NEW.state, changed_at = NEW.changed_at
    WHERE id = NEW.draft_id AND submission_id = NEW.id AND state = 'released';
END;

CREATE TRIGGER recipients_are_told AFTER UPDATE OF state ON recipients
WHEN NEW.state <> OLD.state
BEGIN
  INSERT INTO steps (at, event, draft_id, details) SELECT
    NEW.changed_at, 'recipient_moved', draft_id,
    json_object(
      'submission', NEW.submission_id,
      'recipient', CAST(NEW.position AS TEXT),
      'role', NEW.role,
      'address', iif(NEW.role = 'bcc', '', NEW.address),
      'from', OLD.state, 'to', NEW.state,
      'code', CAST(NEW.code AS TEXT),
      'enhanced', NEW.enhanced)
    FROM submissions WHERE id = NEW.submission_id;
END;

CREATE TRIGGER attempts_are_told AFTER INSERT ON attempts
BEGIN
  INSERT INTO steps (at, event, draft_id, details) SELECT
    NEW.started_at, 'attempt_opened', draft_id,
    json_object(
      'submission', NEW.submission_id, 'attempt', CAST(NEW.number AS TEXT))
    FROM submissions WHERE id = NEW.submission_id;
END;

CREATE TRIGGER attempts_are_told_further AFTER UPDATE OF phase ON attempts
BEGIN
  INSERT INTO steps (at, event, draft_id, details) SELECT
    coalesce(NEW.ended_at, NEW.committed_at),
    iif(NEW.phase = 'done', 'attempt_ended', 'attempt_committed'), draft_id,
    json_object(
      'submission', NEW.submission_id,
      'attempt', CAST(NEW.number AS TEXT),
      'outcome', NEW.outcome,
      'stage', NEW.stage,
      'code', CAST(NEW.code AS TEXT),
      'enhanced', NEW.enhanced)
    FROM submissions WHERE id = NEW.submission_id;
END;

CREATE TRIGGER accounts_are_told AFTER INSERT ON account_states
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, iif(NEW.is_held, 'account_held', 'account_released'), '',
    json_object('account', NEW.name, 'fault', NEW.fault));
END;

CREATE TRIGGER accounts_are_told_further AFTER UPDATE ON account_states
WHEN NEW.is_held <> OLD.is_held OR NEW.fault <> OLD.fault
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, iif(NEW.is_held, 'account_held', 'account_released'), '',
    json_object('account', NEW.name, 'fault', NEW.fault));
END;
