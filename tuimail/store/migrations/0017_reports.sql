-- What became of mail after it was sent, as other servers report. It stands beside
-- what the provider said and changes nothing of that: anybody who saw a mail can
-- write a report about it.

CREATE TABLE reports (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  submission_id TEXT NOT NULL,
  position INTEGER NOT NULL,  -- of the recipient
  digest TEXT NOT NULL CHECK (digest <> ''),  -- of all that it says
  action TEXT NOT NULL
    CHECK (action IN ('delivered', 'failed', 'delayed', 'relayed', 'expanded')),
  status TEXT NOT NULL,
  is_hard INTEGER NOT NULL CHECK (is_hard IN (0, 1)),
  reply TEXT NOT NULL,
  server TEXT NOT NULL,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  UNIQUE (submission_id, position, digest),
  FOREIGN KEY (submission_id, position)
    REFERENCES recipients (submission_id, position)
) STRICT;

-- By what a report names its mail.
CREATE INDEX submissions_by_message_id ON submissions (message_id);
CREATE INDEX submissions_by_provider_id ON submissions (provider_message_id)
  WHERE provider_message_id <> '';

CREATE TRIGGER reports_never_change BEFORE UPDATE ON reports
BEGIN SELECT RAISE(ABORT, 'a report is never changed'); END;

CREATE TRIGGER reports_stay BEFORE DELETE ON reports
WHEN NOT EXISTS (
  SELECT 1 FROM submissions
  WHERE id = OLD.submission_id AND draft_id IN (SELECT draft_id FROM purging))
BEGIN SELECT RAISE(ABORT, 'a report is never deleted, but purged'); END;

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
      'reply_digest', sha256(NEW.reply))
    FROM recipients
    JOIN submissions ON submissions.id = recipients.submission_id
    WHERE recipients.submission_id = NEW.submission_id
      AND recipients.position = NEW.position;
END;
