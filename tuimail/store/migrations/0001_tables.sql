-- What is known about mail. Moments are UTC text with microseconds and a Z, so
-- that they sort as time does.

PRAGMA application_id = 1953851757;  -- "tuim"

---------------------------------------------------------------- legal moves --

CREATE TABLE draft_moves (
  state TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (state, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission_moves (
  state TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (state, target)
) STRICT, WITHOUT ROWID;

--------------------------------------------------------------------- tables --

CREATE TABLE drafts (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  state TEXT NOT NULL,
  status TEXT NOT NULL,  -- the one word that faces show; kept by triggers
  revision INTEGER NOT NULL,
  actor TEXT NOT NULL CHECK (actor <> ''),
  door TEXT NOT NULL,
  note TEXT NOT NULL,
  account TEXT NOT NULL,
  submission_id TEXT REFERENCES submissions (id),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z'),
  FOREIGN KEY (id, revision) REFERENCES revisions (draft_id, number)
    DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX drafts_by_change ON drafts (changed_at, id);
CREATE INDEX drafts_by_status ON drafts (status, changed_at, id);

CREATE TABLE status_counts (
  status TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What lists show stands before what is long, so that a list never reads a body.
CREATE TABLE revisions (
  draft_id TEXT NOT NULL REFERENCES drafts (id),
  number INTEGER NOT NULL,
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
  message_id TEXT,
  message_date TEXT CHECK (message_date GLOB '????-??-??T??:??:??.??????Z'),
  message_digest TEXT,
  size_bytes INTEGER,
  release_digest TEXT NOT NULL,
  not_composable TEXT NOT NULL,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  shown_to TEXT NOT NULL,  -- JSON list of To and Cc addresses; never Bcc
  attachment_count INTEGER NOT NULL,
  worst_finding TEXT NOT NULL,
  finding_count INTEGER NOT NULL,
  findings TEXT NOT NULL,  -- JSON
  content TEXT NOT NULL,  -- the draft as canonical JSON, Bcc included
  PRIMARY KEY (draft_id, number),
  CHECK ((message_id IS NULL) = (message_digest IS NULL)),
  CHECK ((message_date IS NULL) = (message_digest IS NULL)),
  CHECK ((size_bytes IS NULL) = (message_digest IS NULL)),
  CHECK (release_digest = '' OR message_digest IS NOT NULL)
) STRICT;

CREATE TABLE decisions (
  number INTEGER PRIMARY KEY,
  draft_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  verdict TEXT NOT NULL
    CHECK (verdict IN ('approved', 'rejected', 'changes_requested')),
  actor TEXT NOT NULL CHECK (actor <> '' AND actor NOT GLOB 'agent:*'),
  door TEXT NOT NULL,
  reason TEXT NOT NULL,
  release_digest TEXT NOT NULL,
  findings_digest TEXT NOT NULL,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  FOREIGN KEY (draft_id, revision) REFERENCES revisions (draft_id, number)
) STRICT;

CREATE INDEX decisions_by_draft ON decisions (draft_id, number);

CREATE TABLE approvals (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  draft_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  message_digest TEXT NOT NULL CHECK (message_digest <> ''),
  release_digest TEXT NOT NULL CHECK (release_digest <> ''),
  actor TEXT NOT NULL CHECK (actor <> '' AND actor NOT GLOB 'agent:*'),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  spent_at TEXT CHECK (spent_at GLOB '????-??-??T??:??:??.??????Z'),
  UNIQUE (id, release_digest),
  FOREIGN KEY (draft_id, revision) REFERENCES revisions (draft_id, number)
) STRICT;

CREATE UNIQUE INDEX approvals_in_force ON approvals (draft_id)
  WHERE spent_at IS NULL;

CREATE TABLE submissions (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
  draft_id TEXT NOT NULL REFERENCES drafts (id),
  approval_id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  provider TEXT NOT NULL,
  message_id TEXT NOT NULL,
  message_date TEXT NOT NULL CHECK (message_date GLOB '????-??-??T??:??:??.??????Z'),
  message_digest TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  release_digest TEXT NOT NULL,
  return_path TEXT NOT NULL,
  needs_smtputf8 INTEGER NOT NULL CHECK (needs_smtputf8 IN (0, 1)),
  released_at TEXT NOT NULL CHECK (released_at GLOB '????-??-??T??:??:??.??????Z'),
  state TEXT NOT NULL,
  due_at TEXT CHECK (due_at GLOB '????-??-??T??:??:??.??????Z'),
  undo_until TEXT CHECK (undo_until GLOB '????-??-??T??:??:??.??????Z'),
  give_up_at TEXT CHECK (give_up_at GLOB '????-??-??T??:??:??.??????Z'),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  reason TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z'),
  -- Checked at the end of each transaction: sending mail has an open attempt.
  sending_id TEXT AS (iif(state = 'sending', id, NULL))
    REFERENCES open_attempts (submission_id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (approval_id, release_digest) REFERENCES approvals (id, release_digest),
  -- Without a time nobody would ever try it again.
  CHECK (due_at IS NOT NULL OR state NOT IN ('ready', 'deferred'))
) STRICT;

CREATE INDEX submissions_due ON submissions (due_at)
  WHERE state IN ('ready', 'deferred');
CREATE INDEX submissions_by_state ON submissions (state, released_at, id);

CREATE TABLE recipients (
  submission_id TEXT NOT NULL REFERENCES submissions (id),
  position INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('to', 'cc', 'bcc')),
  address TEXT NOT NULL,
  wire_address TEXT NOT NULL CHECK (wire_address <> ''),
  state TEXT NOT NULL CHECK (state IN (
    'pending', 'deferred', 'sent', 'queued', 'invalid', 'rejected', 'failed',
    'unknown')),
  stage TEXT NOT NULL,
  code INTEGER NOT NULL,
  enhanced TEXT NOT NULL,
  reply TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z'),
  PRIMARY KEY (submission_id, position),
  UNIQUE (submission_id, wire_address)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  submission_id TEXT NOT NULL REFERENCES submissions (id),
  number INTEGER NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('open', 'committed', 'done')),
  started_at TEXT NOT NULL CHECK (started_at GLOB '????-??-??T??:??:??.??????Z'),
  committed_at TEXT CHECK (committed_at GLOB '????-??-??T??:??:??.??????Z'),
  ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z'),
  outcome TEXT NOT NULL,
  stage TEXT NOT NULL,
  code INTEGER NOT NULL,
  enhanced TEXT NOT NULL,
  reply TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  PRIMARY KEY (submission_id, number),
  CHECK (phase <> 'open' OR committed_at IS NULL),
  CHECK (phase <> 'committed' OR committed_at IS NOT NULL),
  CHECK ((phase = 'done') = (ended_at IS NOT NULL)),
  CHECK ((phase = 'done') = (outcome <> ''))
) STRICT, WITHOUT ROWID;

-- The attempts that have not ended, at most one a submission; kept by triggers.
CREATE TABLE open_attempts (
  submission_id TEXT NOT NULL PRIMARY KEY REFERENCES submissions (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_states (
  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  is_held INTEGER NOT NULL CHECK (is_held IN (0, 1)),
  reason TEXT NOT NULL,
  fault TEXT NOT NULL,
  changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  number INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  draft_id TEXT NOT NULL,
  details TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX journal_by_draft ON journal (draft_id, number);
