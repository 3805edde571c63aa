-- What is said to the provider beside the message belongs to what was approved.

ALTER TABLE submissions ADD COLUMN service TEXT NOT NULL DEFAULT '{}';  -- JSON

CREATE TRIGGER submissions_keep_what_is_said BEFORE UPDATE OF service ON submissions
BEGIN
  SELECT RAISE(ABORT, 'what was released is never changed');
END;
