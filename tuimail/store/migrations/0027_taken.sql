-- What an account's provider took last is asked for whenever something changed,
-- also where everything else of that account still waits.
CREATE INDEX submissions_taken ON submissions (account, released_at)
  WHERE state IN ('sent', 'queued', 'partial');
