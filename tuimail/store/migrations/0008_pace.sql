-- How much each account sent lately, in slices of time, so that its limits hold
-- however often the sender is started. Counts only: nobody is named but domains.

CREATE TABLE pace (
  account TEXT NOT NULL CHECK (account <> ''),
  destination TEXT NOT NULL,  -- a domain, or empty for all
  seconds INTEGER NOT NULL CHECK (seconds > 0),  -- length of the slice
  start INTEGER NOT NULL,  -- seconds since 1970
  count INTEGER NOT NULL CHECK (count >= 0),
  PRIMARY KEY (account, destination, seconds, start)
) STRICT, WITHOUT ROWID;

-- What is over, or was written by a clock that ran ahead.
CREATE INDEX pace_by_start ON pace (seconds, start);

-- When an account that is warmed up began to.
CREATE TABLE account_starts (
  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;
