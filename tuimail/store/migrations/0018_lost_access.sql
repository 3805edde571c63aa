-- A person is told, too, when a rebuild did not find who may do what.

DROP INDEX notices_untold;
ALTER TABLE notices RENAME TO notices_before;

CREATE TABLE notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never that of one that was told
  kind TEXT NOT NULL CHECK (kind IN ('account_held', 'unknown', 'access_lost')),
  subject TEXT NOT NULL CHECK (subject <> ''),  -- an account, a draft, or a file
  sentence TEXT NOT NULL,  -- names no blind copy
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  told_at TEXT CHECK (told_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE UNIQUE INDEX notices_untold ON notices (kind, subject) WHERE told_at IS NULL;

INSERT INTO notices (number, kind, subject, sentence, at, told_at)
SELECT number, kind, subject, sentence, at, told_at FROM notices_before;

-- Numbers go on from the highest that there ever was, also where that is gone.
DELETE FROM sqlite_sequence WHERE name = 'notices';
UPDATE sqlite_sequence SET name = 'notices' WHERE name = 'notices_before';
DROP TABLE notices_before;
