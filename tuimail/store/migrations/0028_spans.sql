-- How many mails stand where in a list, so that neither a place nor the mail at a
-- place is found by counting: each list is cut into spans of a few hundred.

-- Lists whose order is that of the newest change, by the status that is listed. What
-- is being sent is as much as there are connections; what waits for a person is read.
CREATE TABLE listed (
  status TEXT NOT NULL PRIMARY KEY,
  list TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX listed_by_list ON listed (list, status);

INSERT INTO listed (status, list) VALUES
  ('draft', 'drafts'), ('dry_run', 'drafts'), ('rejected', 'drafts'),
  ('sent', 'sent'), ('queued', 'sent'), ('partial', 'sent'), ('cancelled', 'sent'),
  ('unknown', 'unknown'), ('held', 'held'), ('error', 'error');

-- A span reaches to where the next one begins. Each list has one from its beginning,
-- for ever; another is made of the half of one that is full, and goes when empty.
CREATE TABLE spans (
  list TEXT NOT NULL,
  at TEXT NOT NULL,
  id TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (list, at, id)
) STRICT, WITHOUT ROWID;

INSERT INTO spans (list, at, id, count)
SELECT list, iif(span = 0, '', at), iif(span = 0, '', id), mails FROM (
  SELECT list, span, at, id, count(*) AS mails, min(place) FROM (
    SELECT list, at, id, place, place / 1024 AS span FROM (
      SELECT
        list, changed_at AS at, id,
        row_number() OVER (PARTITION BY list ORDER BY changed_at, id) - 1 AS place
      FROM drafts JOIN listed USING (status)
      UNION ALL
      SELECT
        'leaving', due_at, draft_id,
        row_number() OVER (ORDER BY due_at, draft_id) - 1
      FROM submissions WHERE state IN ('ready', 'deferred')))
  GROUP BY list, span);

INSERT INTO spans (list, at, id, count)
SELECT DISTINCT list, '', '', 0 FROM listed WHERE true
UNION SELECT 'leaving', '', '', 0
ON CONFLICT DO NOTHING;

------------------------------------------------------------------- followed --

CREATE TRIGGER drafts_come_into_spans AFTER INSERT ON drafts
BEGIN
  UPDATE spans SET count = count + 1 WHERE (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = (SELECT list FROM listed WHERE status = NEW.status)
      AND (at, id) <= (NEW.changed_at, NEW.id)
    ORDER BY at DESC, id DESC LIMIT 1);
END;

CREATE TRIGGER drafts_go_from_spans AFTER DELETE ON drafts
BEGIN
  UPDATE spans SET count = count - 1 WHERE (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = (SELECT list FROM listed WHERE status = OLD.status)
      AND (at, id) <= (OLD.changed_at, OLD.id)
    ORDER BY at DESC, id DESC LIMIT 1);
END;

CREATE TRIGGER drafts_change_spans AFTER UPDATE OF status, changed_at ON drafts
WHEN NEW.status <> OLD.status OR NEW.changed_at <> OLD.changed_at
BEGIN
  UPDATE spans SET count = count - 1 WHERE (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = (SELECT list FROM listed WHERE status = OLD.status)
      AND (at, id) <= (OLD.changed_at, OLD.id)
    ORDER BY at DESC, id DESC LIMIT 1);
  UPDATE spans SET count = count + 1 WHERE (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = (SELECT list FROM listed WHERE status = NEW.status)
      AND (at, id) <= (NEW.changed_at, NEW.id)
    ORDER BY at DESC, id DESC LIMIT 1);
END;

CREATE TRIGGER submissions_come_into_spans AFTER INSERT ON submissions
WHEN NEW.state IN ('ready', 'deferred')
BEGIN
  UPDATE spans SET count = count + 1 WHERE (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = 'leaving' AND (at, id) <= (NEW.due_at, NEW.draft_id)
    ORDER BY at DESC, id DESC LIMIT 1);
END;

CREATE TRIGGER submissions_go_from_spans AFTER DELETE ON submissions
WHEN OLD.state IN ('ready', 'deferred')
BEGIN
  UPDATE spans SET count = count - 1 WHERE (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = 'leaving' AND (at, id) <= (OLD.due_at, OLD.draft_id)
    ORDER BY at DESC, id DESC LIMIT 1);
END;

CREATE TRIGGER submissions_change_spans AFTER UPDATE OF state, due_at ON submissions
WHEN OLD.state IN ('ready', 'deferred') OR NEW.state IN ('ready', 'deferred')
BEGIN
  UPDATE spans SET count = count - 1
  WHERE OLD.state IN ('ready', 'deferred') AND (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = 'leaving' AND (at, id) <= (OLD.due_at, OLD.draft_id)
    ORDER BY at DESC, id DESC LIMIT 1);
  UPDATE spans SET count = count + 1
  WHERE NEW.state IN ('ready', 'deferred') AND (list, at, id) = (
    SELECT list, at, id FROM spans
    WHERE list = 'leaving' AND (at, id) <= (NEW.due_at, NEW.draft_id)
    ORDER BY at DESC, id DESC LIMIT 1);
END;

CREATE TRIGGER spans_go_when_empty AFTER UPDATE OF count ON spans
WHEN NEW.count = 0 AND NEW.at <> ''
BEGIN
  DELETE FROM spans WHERE (list, at, id) = (NEW.list, NEW.at, NEW.id);
END;

CREATE TRIGGER spans_are_halved AFTER UPDATE OF count ON spans
WHEN NEW.count > 2048
BEGIN
  INSERT INTO spans (list, at, id, count)
  SELECT NEW.list, at, id, NEW.count - 1024 FROM (
    SELECT changed_at AS at, drafts.id FROM listed JOIN drafts USING (status)
    WHERE list = NEW.list AND (changed_at, drafts.id) >= (NEW.at, NEW.id)
      AND (changed_at, drafts.id) < (
        SELECT at, id FROM spans
        WHERE list = NEW.list AND (at, id) > (NEW.at, NEW.id)
        UNION ALL SELECT '~', ''
        ORDER BY 1, 2 LIMIT 1)
    UNION ALL
    SELECT due_at, draft_id FROM submissions
    WHERE NEW.list = 'leaving' AND state IN ('ready', 'deferred')
      AND (due_at, draft_id) >= (NEW.at, NEW.id)
    ORDER BY at, id LIMIT 1 OFFSET 1024);
  UPDATE spans SET count = 1024
  WHERE (list, at, id) = (NEW.list, NEW.at, NEW.id);
END;
