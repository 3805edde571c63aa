-- Where a draft came from, in its author's own words: where its work can be looked
-- at, and which earlier mail it takes the place of.

ALTER TABLE drafts ADD COLUMN run_url TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN revises TEXT NOT NULL DEFAULT '';

CREATE TRIGGER drafts_keep_what_they_claim BEFORE UPDATE OF run_url, revises ON drafts
BEGIN
  SELECT RAISE(ABORT, 'where a draft came from is never changed');
END;
