"""A workspace with as many mails as somebody has after years, made in seconds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import apsw

from tests.bench.places import fields, opened, place, prepare
from tuimail.store.database import Database
from tuimail.store.schema import shipped
from tuimail.store.spans import CUT

_COPIES: Final = {
    "drafts": "id",
    "revisions": "draft_id",
    "approvals": "draft_id",
    "submissions": "draft_id",
    "recipients": "submission_id",
}
"""Each table that a released mail has a row in, and whose row that is."""
_OWN: Final = frozenset({
    "id", "draft_id", "submission_id", "approval_id",
})  # fmt: skip
"""Columns that name a mail, or something of it."""
_TIMES: Final = frozenset({"changed_at", "due_at", "created_at", "released_at"})
_LINKED: Final = 20_000
"""A file has no more than 65,000 names on the usual disk."""
_SUBJECTS: Final = ("Renewal", "Invoice", "Order", "Weekly report", "Board papers")


@contextmanager
def filled(
    mails: int,
    *,
    is_shown: bool = True,
    is_settled: bool = False,
    kept: Path | None = None,
) -> Iterator[Path]:
    """Yield a folder with a workspace of so many mails.

    One is written and released as people do it; the others are copies of its rows.

    Args:
        mails: How many, 1 or more.
        is_shown: Whether the maildir has all of them, as the app expects.
        is_settled: Whether most were sent long ago, and all can be searched; without
            it they wait in the outbox for years, and are to be read yet.
        kept: Where it is kept for the next time; None for nowhere.
    """
    if kept is None:
        with place() as folder:
            _fill(folder, mails, is_shown=is_shown, is_settled=is_settled)
            yield folder
        return
    kind = f"{'settled' if is_settled else 'waiting'}{'-shown' if is_shown else ''}"
    folder = kept / f"{kind}-{mails}-{shipped()[-1].number}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        prepare(folder)
        _fill(folder, mails, is_shown=is_shown, is_settled=is_settled)
        (folder / "ready").touch()
    prepare(folder)
    yield folder


def _fill(folder: Path, mails: int, *, is_shown: bool, is_settled: bool) -> None:
    first = fields(0)
    if is_settled:
        first = replace(first, text="The goods are about to leave.\n")
    with opened(folder) as workspace:
        row = workspace.drafts.new(workspace.drafts.compose(first))
        workspace.outbox.send(row.id, revision=1)
    root = folder / "workspace"
    _copy(root / "tuimail.db", mails - 1, is_settled=is_settled)
    if is_shown:
        _show(root, row.id, mails - 1)


def _show(root: Path, draft_id: str, copies: int) -> None:
    """Have the copies' messages where the first one's is, as if shown long ago."""
    (shown,) = (root / "mail" / ".Outbox" / "cur").iterdir()
    message = root / "outbound" / draft_id / "message.eml"
    for number in range(1, copies + 1):
        one = message.parent.with_name(f"{number:07d}{draft_id}") / message.name
        one.parent.mkdir()
        if number % _LINKED:
            one.hardlink_to(message)
        else:
            message = Path(shutil.copy(message, one))
        shown.with_name(f"{number:07d}{shown.name}").hardlink_to(one)


def _copy(path: Path, copies: int, *, is_settled: bool) -> None:
    database = Database.open(path, actor=lambda: "tuimail")
    connection = database.connection
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    connection.pragma("foreign_keys", 0)
    with connection:
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("CREATE TEMP TABLE others (n INTEGER PRIMARY KEY)")
        connection.execute(_COUNT, (copies,))
        for table in _COPIES:
            connection.execute(_copying(connection, table))
        connection.execute(_NAMED, _SUBJECTS)
        connection.execute(_COUNTED, (copies,))
        connection.execute(_SAID)
        connection.execute(_LATER)
        if is_settled:
            for step in _SETTLED:
                connection.execute(step)
        connection.execute(CUT)
        for _, sql in triggers:
            connection.execute(str(sql))
        connection.execute(_TOLD)
        if is_settled:
            connection.execute(_READ)
    database.close()


def _copying(connection: apsw.Connection, table: str) -> str:
    """Return what copies the row of a table for each of the others."""
    found = connection.execute(_COLUMNS, (table,))
    names = [str(name) for name, hidden in found if not hidden]
    values = ", ".join(_value(name) for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) "
        f"SELECT {values} FROM others, (SELECT * FROM {table} LIMIT 1)"
    )


def _value(name: str) -> str:
    if name in _OWN:
        return f"printf('%07d', n) || {name}"
    if name in _TIMES:
        return "'2025-01-01T14:00:00.' || printf('%06d', n % 1000000) || 'Z'"
    return name


_COLUMNS: Final = "SELECT name, hidden FROM pragma_table_xinfo(?)"
_LATER: Final = "UPDATE submissions SET due_at = '2099' || substr(due_at, 5)"
_COUNT: Final = """
WITH RECURSIVE counted (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counted)
INSERT INTO others SELECT n FROM counted LIMIT ?
"""
_NAMED: Final = """
UPDATE revisions SET subject = CASE rowid % 5
  WHEN 0 THEN ? WHEN 1 THEN ? WHEN 2 THEN ? WHEN 3 THEN ? ELSE ? END || ' ' || rowid
"""
_SAID: Final = "UPDATE revisions SET content = json_set(content, '$.subject', subject)"
_TOLD: Final = """
INSERT INTO steps (at, event, draft_id, details)
SELECT changed_at, 'mail_rebuilt', id, '{}' FROM drafts
"""
_COUNTED: Final = "UPDATE status_counts SET count = count + ? WHERE status = 'ready'"
_SETTLED: Final = (
    """
    UPDATE submissions SET state = CASE
      WHEN rowid <= 100 THEN 'error' WHEN rowid % 20 = 0 THEN 'ready'
      WHEN rowid % 50 = 3 THEN 'queued' ELSE 'sent' END
    """,
    """
    UPDATE drafts SET status = submission.state FROM submissions AS submission
    WHERE submission.draft_id = drafts.id
    """,
    "DELETE FROM status_counts",
    "INSERT INTO status_counts SELECT status, count(*) FROM drafts GROUP BY status",
    "INSERT INTO worded SELECT rowid, id, revision FROM drafts",
    """
    INSERT INTO words (
      rowid, subject, sender, recipients, body, files, note, agent, account)
    SELECT
      draft.rowid, revision.subject, revision.sender, revision.shown_to,
      'the goods are about to leave our warehouse ' || printf(
        'part%d shelf%d town%d clerk%d', draft.rowid, draft.rowid % 1009,
        draft.rowid % 211, draft.rowid % 17),
      '', '', '', draft.account
    FROM drafts AS draft JOIN revisions AS revision ON revision.draft_id = draft.id
    """,
)
"""Most of it was sent; each body has words that all have, many, some, and it alone."""
_READ: Final = "UPDATE words_read SET number = (SELECT max(number) FROM journal)"
