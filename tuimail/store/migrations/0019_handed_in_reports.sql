-- How many reports a program handed in, whatever came of each: reading one takes as
-- long as reading a mail.

CREATE TABLE handed_in_reports (
  number INTEGER PRIMARY KEY,
  actor TEXT NOT NULL CHECK (actor GLOB 'agent:*'),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE INDEX handed_in_reports_by_actor ON handed_in_reports (actor, at);

CREATE TRIGGER handed_in_reports_are_told AFTER INSERT ON handed_in_reports
BEGIN
  INSERT INTO steps (at, event, draft_id, details)
  VALUES (NEW.at, 'report_handed_in', '', json_object());
END;
