-- What a person is told once: a held account, a mail whose fate is not known.

CREATE TABLE notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never that of one that was told
  kind TEXT NOT NULL CHECK (kind IN ('account_held', 'unknown')),
  subject TEXT NOT NULL CHECK (subject <> ''),  -- an account, or a draft
  sentence TEXT NOT NULL,  -- names no blind copy
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  told_at TEXT CHECK (told_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE UNIQUE INDEX notices_untold ON notices (kind, subject) WHERE told_at IS NULL;
