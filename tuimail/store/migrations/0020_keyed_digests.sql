-- Who gets no mail, why, and what a server said is in the journal as a hash that needs
-- a key: addresses can be guessed, and the line says which mail it was. Lines that are
-- there have the plain hash and stay as they are.
--
-- keyed_digest() is a function of ours, as those of 0003 are; the key is in keys/journal.

DROP TRIGGER suppressions_are_told;
DROP TRIGGER suppressions_are_told_further;
DROP TRIGGER suppressions_are_told_at_their_end;
DROP TRIGGER reports_are_told;

CREATE TRIGGER suppressions_are_told AFTER INSERT ON suppressions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'suppression_added', NEW.draft_id,
    json_object(
      'address_digest', keyed_digest('address', NEW.key),
      'scope', NEW.scope,
      'source', NEW.source,
      'reason_digest', keyed_digest('reason', NEW.reason)));
END;

CREATE TRIGGER suppressions_are_told_further
AFTER UPDATE OF address, scope, reason, source, draft_id, actor, at ON suppressions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.at, 'suppression_changed', NEW.draft_id,
    json_object(
      'address_digest', keyed_digest('address', NEW.key),
      'from', OLD.scope,
      'scope', NEW.scope,
      'source', NEW.source,
      'reason_digest', keyed_digest('reason', NEW.reason)));
END;

CREATE TRIGGER suppressions_are_told_at_their_end
AFTER UPDATE OF removed_at ON suppressions
BEGIN
  INSERT INTO steps (at, event, draft_id, details) VALUES (
    NEW.removed_at, 'suppression_removed', NEW.draft_id,
    json_object('address_digest', keyed_digest('address', NEW.key), 'scope', OLD.scope));
END;

CREATE TRIGGER reports_are_told AFTER INSERT ON reports
BEGIN
  INSERT INTO steps (at, event, draft_id, details) SELECT
    NEW.at, 'report_taken', draft_id,
    json_object(
      'submission', NEW.submission_id,
      'recipient', CAST(NEW.position AS TEXT),
      'role', role,
      'address', iif(role = 'bcc', '', address),
      'report', NEW.id,
      'action', NEW.action,
      'status', NEW.status,
      'reply_digest', keyed_digest('reply', NEW.reply))
    FROM recipients
    JOIN submissions ON submissions.id = recipients.submission_id
    WHERE recipients.submission_id = NEW.submission_id
      AND recipients.position = NEW.position;
END;
