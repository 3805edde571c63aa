-- Whom mail was accepted for, so that a first mail to somebody, or a domain that
-- only looks like a known one, can be noticed. Bcc recipients are here too: this
-- is looked up and never listed.
--
-- Made from recipients, and kept by a trigger; nothing else writes it. It refuses
-- nothing, because no note about a mail may keep its sending from being recorded.

CREATE TABLE correspondents (
  -- As people wrote it the first time. Nobody has two mailboxes that differ only
  -- in capitals, though RFC 5321 allows it.
  address TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
  first_at TEXT NOT NULL CHECK (first_at GLOB '????-??-??T??:??:??.??????Z'),
  last_at TEXT NOT NULL CHECK (last_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE TABLE correspondent_domains (
  domain TEXT NOT NULL PRIMARY KEY,
  last_at TEXT NOT NULL CHECK (last_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE INDEX correspondent_domains_by_last ON correspondent_domains (last_at, domain);

INSERT INTO correspondents (address, first_at, last_at)
  SELECT address, min(changed_at), max(changed_at)
  FROM recipients
  WHERE state IN ('sent', 'queued')
  GROUP BY address COLLATE NOCASE;

-- No local part has an @ in it (core/address.py), so the first is the only one.
INSERT INTO correspondent_domains (domain, last_at)
  SELECT substr(address, instr(address, '@') + 1) AS domain, max(last_at)
  FROM correspondents
  GROUP BY domain;

CREATE TRIGGER recipients_become_correspondents AFTER UPDATE OF state ON recipients
WHEN NEW.state IN ('sent', 'queued') AND OLD.state NOT IN ('sent', 'queued')
BEGIN
  INSERT INTO correspondents (address, first_at, last_at)
    VALUES (NEW.address, NEW.changed_at, NEW.changed_at)
    ON CONFLICT (address) DO UPDATE SET
      first_at = min(first_at, excluded.first_at),
      last_at = max(last_at, excluded.last_at);
  INSERT INTO correspondent_domains (domain, last_at)
    VALUES (substr(NEW.address, instr(NEW.address, '@') + 1), NEW.changed_at)
    ON CONFLICT (domain) DO UPDATE SET last_at = max(last_at, excluded.last_at);
END;
