-- What may never happen, whatever the program does:
--
-- 1. Mail moves only as core/lifecycle.py says (draft_moves, submission_moves).
-- 2. Nothing enters the outbox but the very bytes of the newest revision that an
--    approval in force names, and an approval is used once.
-- 3. What was written about the past is never changed; nothing is ever deleted.

------------------------------------------- what may never happen: the drafts --

CREATE TRIGGER drafts_are_born_open BEFORE INSERT ON drafts
WHEN NEW.state NOT IN ('draft', 'review')
  OR NEW.status <> NEW.state
  OR NEW.revision <> 1
  OR NEW.submission_id IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a draft is born draft or review, at revision 1');
END;

CREATE TRIGGER drafts_move_legally BEFORE UPDATE OF state ON drafts
WHEN NEW.state <> OLD.state
  AND NOT EXISTS (
    SELECT 1 FROM draft_moves WHERE state = OLD.state AND target = NEW.state)
BEGIN
  SELECT RAISE(ABORT, 'a draft that is ' || OLD.state || ' cannot become ' || NEW.state);
END;

CREATE TRIGGER drafts_are_edited_legally BEFORE UPDATE OF revision ON drafts
WHEN NEW.revision <> OLD.revision AND (
  NEW.revision <> OLD.revision + 1
  OR NEW.state NOT IN ('draft', 'dry_run', 'review')
  OR NOT EXISTS (
    SELECT 1 FROM draft_moves WHERE state = OLD.state AND target = NEW.state))
BEGIN
  SELECT RAISE(ABORT, 'a draft that is ' || OLD.state || ' cannot be edited into '
    || NEW.state || ', or that revision is not its next');
END;

CREATE TRIGGER drafts_are_approved_by_an_approval BEFORE UPDATE OF state ON drafts
WHEN NEW.state = 'approved' AND OLD.state <> 'approved'
  AND NOT EXISTS (
    SELECT 1 FROM approvals
    WHERE draft_id = NEW.id AND revision = NEW.revision AND spent_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'a draft is approved only by an approval of its newest revision');
END;

CREATE TRIGGER drafts_are_released_into_the_outbox BEFORE UPDATE OF state ON drafts
WHEN NEW.state = 'released' AND OLD.state <> 'released'
  AND NOT EXISTS (
    SELECT 1
    FROM submissions AS submission
    WHERE submission.id = NEW.submission_id
      AND submission.draft_id = NEW.id
      AND submission.state = 'ready'
      AND EXISTS (SELECT 1 FROM recipients WHERE submission_id = submission.id))
BEGIN
  SELECT RAISE(ABORT, 'a draft is released only with a new submission to somebody');
END;

CREATE TRIGGER drafts_are_taken_back_unsent BEFORE UPDATE OF state ON drafts
WHEN OLD.state = 'released' AND NEW.state <> 'released'
  AND NOT EXISTS (
    SELECT 1 FROM submissions
    WHERE id = OLD.submission_id AND state IN ('cancelled', 'partial'))
BEGIN
  SELECT RAISE(ABORT, 'a draft is taken back only after its submission was withdrawn');
END;

CREATE TRIGGER drafts_keep_their_submission BEFORE UPDATE OF submission_id ON drafts
WHEN NEW.submission_id IS NOT OLD.submission_id
  AND (NEW.state = 'released') = (OLD.state = 'released')
BEGIN
  SELECT RAISE(ABORT, 'a draft changes its submission only by release or undo');
END;

CREATE TRIGGER drafts_keep_their_origin
BEFORE UPDATE OF id, actor, door, note, created_at ON drafts
BEGIN
  SELECT RAISE(ABORT, 'where a draft came from is never changed');
END;

CREATE TRIGGER drafts_show_their_status BEFORE UPDATE OF status ON drafts
WHEN NEW.status IS NOT iif(
  NEW.state = 'released',
  (SELECT state FROM submissions WHERE id = NEW.submission_id),
  NEW.state)
BEGIN
  SELECT RAISE(ABORT, 'the status of a draft is the one it has');
END;

----------------------- what may never happen: revisions, decisions, approvals --

CREATE TRIGGER revisions_follow_their_draft BEFORE INSERT ON revisions
WHEN NEW.number IS NOT (SELECT revision FROM drafts WHERE id = NEW.draft_id)
BEGIN
  SELECT RAISE(ABORT, 'a revision is added as the newest of its draft');
END;

CREATE TRIGGER revisions_never_change BEFORE UPDATE ON revisions
BEGIN
  SELECT RAISE(ABORT, 'a revision is never changed');
END;

CREATE TRIGGER decisions_are_about_the_newest BEFORE INSERT ON decisions
WHEN NEW.revision IS NOT (SELECT revision FROM drafts WHERE id = NEW.draft_id)
BEGIN
  SELECT RAISE(ABORT, 'a decision is about the newest revision');
END;

CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions
BEGIN
  SELECT RAISE(ABORT, 'a decision is never changed');
END;

CREATE TRIGGER approvals_are_for_the_newest BEFORE INSERT ON approvals
WHEN NEW.spent_at IS NOT NULL
  OR NOT EXISTS (
    SELECT 1
    FROM drafts AS draft
    JOIN revisions AS revision
      ON revision.draft_id = draft.id AND revision.number = draft.revision
    JOIN draft_moves AS move
      ON move.state = draft.state AND move.target = 'approved'
    WHERE draft.id = NEW.draft_id
      AND draft.revision = NEW.revision
      AND revision.message_digest = NEW.message_digest)
BEGIN
  SELECT RAISE(ABORT, 'an approval is for the bytes of the newest revision');
END;

CREATE TRIGGER approvals_never_change
BEFORE UPDATE OF
  id, draft_id, revision, message_digest, release_digest, actor, at ON approvals
BEGIN
  SELECT RAISE(ABORT, 'an approval is never changed');
END;

CREATE TRIGGER approvals_are_spent_once BEFORE UPDATE OF spent_at ON approvals
WHEN OLD.spent_at IS NOT NULL OR NEW.spent_at IS NULL
BEGIN
  SELECT RAISE(ABORT, 'an approval is spent once');
END;

------------------------------------------- what may never happen: submissions --

CREATE TRIGGER submissions_are_born_ready BEFORE INSERT ON submissions
WHEN NEW.state <> 'ready' OR NEW.attempts <> 0
BEGIN
  SELECT RAISE(ABORT, 'a submission is born ready and untried');
END;

CREATE TRIGGER submissions_are_approved BEFORE INSERT ON submissions
WHEN NOT EXISTS (
  SELECT 1
  FROM approvals AS approval
  JOIN drafts AS draft ON draft.id = approval.draft_id
  WHERE approval.id = NEW.approval_id
    AND approval.spent_at IS NULL
    AND approval.release_digest = NEW.release_digest
    AND approval.message_digest = NEW.message_digest
    AND draft.id = NEW.draft_id
    AND draft.revision = approval.revision
    AND draft.state = 'approved')
BEGIN
  SELECT RAISE(ABORT, 'a submission needs an approval in force for these very bytes');
END;

CREATE TRIGGER submissions_move_legally BEFORE UPDATE OF state ON submissions
WHEN NEW.state <> OLD.state
  AND NOT EXISTS (
    SELECT 1 FROM submission_moves WHERE state = OLD.state AND target = NEW.state)
BEGIN
  SELECT RAISE(ABORT, 'mail that is ' || OLD.state || ' cannot become ' || NEW.state);
END;

CREATE TRIGGER submissions_wait_while_released BEFORE UPDATE OF state ON submissions
WHEN NEW.state IN ('ready', 'sending') AND NEW.state <> OLD.state
  AND NOT EXISTS (
    SELECT 1 FROM drafts
    WHERE id = NEW.draft_id AND state = 'released' AND submission_id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'only the submission that its draft was released as goes out');
END;

CREATE TRIGGER submissions_are_sent_in_an_attempt BEFORE UPDATE OF state ON submissions
WHEN (NEW.state = 'sending') <> (OLD.state = 'sending')
  AND (NEW.state = 'sending') <> EXISTS (
    SELECT 1 FROM open_attempts WHERE submission_id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'mail is sending exactly while an attempt has not ended');
END;

CREATE TRIGGER submissions_keep_what_was_approved
BEFORE UPDATE OF
  id, draft_id, approval_id, account, provider, message_id, message_date,
  message_digest, size_bytes, release_digest, return_path, needs_smtputf8,
  released_at ON submissions
BEGIN
  SELECT RAISE(ABORT, 'what was released is never changed');
END;

CREATE TRIGGER recipients_are_added_at_release BEFORE INSERT ON recipients
WHEN NEW.state <> 'pending'
  OR NOT EXISTS (
    SELECT 1
    FROM submissions AS submission
    JOIN drafts AS draft ON draft.id = submission.draft_id
    WHERE submission.id = NEW.submission_id AND draft.state = 'approved')
BEGIN
  SELECT RAISE(ABORT, 'recipients are added only while their mail is released');
END;

CREATE TRIGGER recipients_never_change
BEFORE UPDATE OF submission_id, position, role, address, wire_address ON recipients
BEGIN
  SELECT RAISE(ABORT, 'who gets a mail is never changed');
END;

CREATE TRIGGER recipients_are_not_sent_twice BEFORE UPDATE OF state ON recipients
WHEN OLD.state IN ('sent', 'queued')
  AND NEW.state IN ('pending', 'deferred', 'unknown')
BEGIN
  SELECT RAISE(ABORT, 'a recipient who has the mail is not tried again');
END;

CREATE TRIGGER attempts_are_born_open BEFORE INSERT ON attempts
WHEN NEW.phase <> 'open'
  OR NEW.number <> 1 + (
    SELECT count(*) FROM attempts WHERE submission_id = NEW.submission_id)
  OR NOT EXISTS (
    SELECT 1
    FROM submissions AS submission
    JOIN submission_moves AS move
      ON move.state = submission.state AND move.target = 'sending'
    WHERE submission.id = NEW.submission_id)
BEGIN
  SELECT RAISE(ABORT, 'an attempt is opened for mail that waits to be sent');
END;

CREATE TRIGGER attempts_begin_open AFTER INSERT ON attempts
BEGIN
  INSERT INTO open_attempts (submission_id) VALUES (NEW.submission_id);
END;

CREATE TRIGGER attempts_end_for_good AFTER UPDATE OF phase ON attempts
WHEN NEW.phase = 'done'
BEGIN
  DELETE FROM open_attempts WHERE submission_id = NEW.submission_id;
END;

CREATE TRIGGER attempts_move_legally BEFORE UPDATE OF phase ON attempts
WHEN OLD.phase = 'done'
  OR NEW.phase = 'open'
  OR (OLD.phase = 'committed' AND NEW.phase = 'committed')
BEGIN
  SELECT RAISE(ABORT, 'an attempt is open, then committed, then done');
END;

CREATE TRIGGER attempts_are_committed_while_sending BEFORE UPDATE OF phase ON attempts
WHEN NEW.phase = 'committed'
  AND 'sending' IS NOT (SELECT state FROM submissions WHERE id = NEW.submission_id)
BEGIN
  SELECT RAISE(ABORT, 'an attempt is committed only while its mail is sending');
END;

CREATE TRIGGER attempts_are_not_cancelled_when_committed
BEFORE UPDATE OF phase ON attempts
WHEN OLD.phase = 'committed' AND NEW.outcome IN ('cancel', 'stop')
BEGIN
  SELECT RAISE(ABORT, 'mail that may have left cannot be withdrawn');
END;

CREATE TRIGGER attempts_keep_their_place
BEFORE UPDATE OF submission_id, number, started_at ON attempts
BEGIN
  SELECT RAISE(ABORT, 'which attempt it was is never changed');
END;

CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is never changed');
END;

-------------------------------------------------- nothing is ever deleted ------

CREATE TRIGGER drafts_stay BEFORE DELETE ON drafts
BEGIN SELECT RAISE(ABORT, 'a draft is never deleted'); END;

CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is never deleted'); END;

CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;

CREATE TRIGGER approvals_stay BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'an approval is never deleted'); END;

CREATE TRIGGER submissions_stay BEFORE DELETE ON submissions
BEGIN SELECT RAISE(ABORT, 'a submission is never deleted'); END;

CREATE TRIGGER recipients_stay BEFORE DELETE ON recipients
BEGIN SELECT RAISE(ABORT, 'a recipient is never deleted'); END;

CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never cut'); END;
