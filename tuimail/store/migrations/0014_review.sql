-- What reviewers say, and who looks at what.

------------------------------------------------------------------- decisions --

-- Who it was, beside the name: a reviewer gave a PIN, a rule is no person.
ALTER TABLE decisions ADD COLUMN role TEXT NOT NULL DEFAULT 'owner'
  CHECK (role IN ('reviewer', 'owner', 'rule'));
ALTER TABLE decisions ADD COLUMN codes TEXT NOT NULL DEFAULT '[]';  -- JSON
ALTER TABLE decisions ADD COLUMN comments TEXT NOT NULL DEFAULT '[]';  -- JSON
-- Of the policy that was asked; empty where there was none.
ALTER TABLE decisions ADD COLUMN policy_digest TEXT NOT NULL DEFAULT '';
-- Codes of the findings of level block that somebody let pass.
ALTER TABLE decisions ADD COLUMN overruled TEXT NOT NULL DEFAULT '[]';  -- JSON
-- Whether an approval came of it, or one more person is needed. One was enough
-- before anybody could ask for two.
ALTER TABLE decisions ADD COLUMN is_enough INTEGER NOT NULL DEFAULT 1
  CHECK (is_enough IN (0, 1));
-- Digest of whom the mail is for; empty where no later mail is compared with it.
ALTER TABLE decisions ADD COLUMN recipients TEXT NOT NULL DEFAULT '';

CREATE INDEX decisions_by_recipients
  ON decisions (recipients, verdict = 'approved', at)
  WHERE recipients <> '';

DROP TRIGGER decisions_are_told;
CREATE TRIGGER decisions_are_told AFTER INSERT ON decisions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'decided', NEW.draft_id,
    json_object(
      'revision', CAST(NEW.revision AS TEXT),
      'verdict', NEW.verdict,
      'by', NEW.actor,
      'role', NEW.role,
      'door', NEW.door,
      'codes', NEW.codes || '',
      'reason_digest', sha256(NEW.reason),
      'comments_digest', sha256(NEW.comments),
      'overruled', NEW.overruled || '',
      'is_enough', CAST(NEW.is_enough AS TEXT),
      'release_digest', NEW.release_digest,
      'findings_digest', NEW.findings_digest,
      'policy_digest', NEW.policy_digest));
END;

------------------------------------------------------------------- approvals --

ALTER TABLE approvals ADD COLUMN expires_at TEXT
  CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z');

CREATE TRIGGER approvals_keep_their_end BEFORE UPDATE OF expires_at ON approvals
BEGIN
  SELECT RAISE(ABORT, 'an approval is never changed');
END;

DROP TRIGGER approvals_are_told;
CREATE TRIGGER approvals_are_told AFTER INSERT ON approvals
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'approval_given', NEW.draft_id,
    json_object(
      'approval', NEW.id,
      'revision', CAST(NEW.revision AS TEXT),
      'by', NEW.actor,
      'expires_at', coalesce(NEW.expires_at, ''),
      'message_digest', NEW.message_digest,
      'release_digest', NEW.release_digest));
END;

---------------------------------------------------------------------- drafts --

-- Name of the reviewer who is asked; empty for anybody.
ALTER TABLE drafts ADD COLUMN assigned TEXT NOT NULL DEFAULT '';
-- Why nobody is to approve it for now; empty while somebody may.
ALTER TABLE drafts ADD COLUMN held_reason TEXT NOT NULL DEFAULT '';

CREATE TRIGGER drafts_are_assigned AFTER UPDATE OF assigned ON drafts
WHEN NEW.assigned <> OLD.assigned
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, 'draft_assigned', NEW.id,
    json_object('from', OLD.assigned, 'to', NEW.assigned));
END;

CREATE TRIGGER drafts_are_held BEFORE UPDATE OF held_reason ON drafts
WHEN NEW.held_reason <> '' AND NEW.state <> 'review'
BEGIN
  SELECT RAISE(ABORT, 'a draft is held only while it is in review');
END;

CREATE TRIGGER drafts_are_approved_unheld BEFORE UPDATE OF state ON drafts
WHEN NEW.state = 'approved' AND NEW.held_reason <> ''
BEGIN
  SELECT RAISE(ABORT, 'a draft that is held is not approved');
END;

CREATE TRIGGER drafts_are_told_held AFTER UPDATE OF held_reason ON drafts
WHEN NEW.held_reason <> OLD.held_reason
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.changed_at, iif(NEW.held_reason = '', 'draft_resumed', 'draft_held'), NEW.id,
    json_object('reason_digest', sha256(NEW.held_reason)));
END;

-- Whatever ends the review ends the hold.
CREATE TRIGGER drafts_leave_their_hold AFTER UPDATE OF state ON drafts
WHEN NEW.held_reason <> '' AND NEW.state <> 'review'
BEGIN
  UPDATE drafts SET held_reason = '' WHERE id = NEW.id;
END;

------------------------------------------------------------------- revisions --

-- Id of a mail that was decided about and says nearly the same; empty for none.
ALTER TABLE revisions ADD COLUMN duplicate_of TEXT NOT NULL DEFAULT '';
