-- Whom people here write to, as it is offered while addresses are typed. Learnt from
-- what was sent, bit by bit, when somebody writes mail and never while mail is sent;
-- whoever was forgotten stays so until mail is sent to them again.

CREATE TABLE contacts (
  address TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
  name TEXT NOT NULL,
  -- Folded, each after a space: what any part of a query has to begin like.
  words TEXT NOT NULL,
  mails INTEGER NOT NULL,
  last_at TEXT NOT NULL CHECK (last_at GLOB '????-??-??T??:??:??.??????Z'),
  -- How often and how lately, as one number that needs no clock to be compared.
  weight INTEGER NOT NULL,
  -- Whether any mail named them where everybody could see it: who only ever got
  -- blind copies is offered for blind copies only.
  is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX contacts_by_weight ON contacts (weight);

CREATE TABLE contact_words (
  word TEXT NOT NULL,
  address TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (word, address)
) STRICT, WITHOUT ROWID;

-- How far was learnt: first all recipients of before it began, then what the
-- journal told since.
CREATE TABLE contacts_learnt (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  began_at TEXT NOT NULL,
  submission_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  is_caught_up INTEGER NOT NULL CHECK (is_caught_up IN (0, 1)),
  line INTEGER NOT NULL
) STRICT;
