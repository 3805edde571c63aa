"""Whole commands from a cold start, as a shell or a program starts them.

Against Python that does nothing, against ``mailatlas`` and ``fluxmail``, and against
ten lines of smtplib that store nothing. Ours has written to disk what it answers.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import apsw

from tests.bench.contests import (
    MILLIS,
    Asked,
    Cost,
    Result,
    absolute,
    as_it_is,
    at_most,
    compared,
    in_turns,
)
from tests.bench.many import filled
from tests.bench.peers import FLUXMAIL, MAILATLAS, command_of
from tests.bench.places import body, options, place, recipient
from tests.bench.processes import cost_of
from tests.bench.sink import listening

ROUNDS: Final = 9
MAILS: Final = 100_000
LISTED: Final = 50
PYTHON: Final = "Python"
SMTPLIB: Final = "smtplib"
_OURS: Final = str(Path(sys.executable).with_name("tuimail"))
_MAIL: Final = ("--to", recipient(1), "--subject", "Order 1")
_SENDER: Final = "ada@shop.example"
_SCRIPT: Final = Path(__file__).with_name("start_smtplib.py")
Side = Callable[[], Cost]


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    with _sides(asked) as sides:
        in_turns(sides, 1)
        told = in_turns(sides, asked.rounds_or(ROUNDS))
    return [*_goals(told), *_memory(told)]


def _goals(told: Mapping[str, list[Cost]]) -> Iterator[Result]:
    for name, peer, limit in (
        ("--version", PYTHON, 2.5),
        ("--help", PYTHON, 5),
        ("list", PYTHON, 5),
        ("list", "mailatlas list", 0.1),
        ("send --dry-run", "mailatlas send --dry-run", 0.6),
        ("send", "mailatlas send", 0.9),
        ("send", "fluxmail", 0.6),
        ("send", SMTPLIB, None),
        ("--help", "mailatlas --help", None),
        ("--help", "fluxmail --help", None),
    ):
        yield compared(
            f"tuimail {name}",
            told[name],
            told[peer],
            unit=MILLIS,
            peer=peer,
            goal=at_most(limit) if limit else None,
        )


def _memory(told: Mapping[str, list[Cost]]) -> Iterator[Result]:
    for name in ("--version", "--help", "list", "send --dry-run", "send"):
        peaks = [one.peak for one in told[name]]
        yield absolute(f"tuimail {name}, memory", peaks, unit=as_it_is("MB"))


@contextmanager
def _sides(asked: Asked) -> Iterator[dict[str, Side]]:
    mails = min(MAILS, asked.most)
    with (
        filled(mails, is_shown=False, is_settled=True, kept=asked.kept) as many,
        listening() as port,
        place(port=port) as ours,
        TemporaryDirectory() as theirs,
    ):
        _fill_mailatlas(Path(theirs, "many"), mails)
        yield {
            PYTHON: partial(cost_of, [sys.executable, "-c", "pass"]),
            **_ours(many, ours),
            **_mailatlas(Path(theirs), port),
            **_others(port),
        }


def _ours(many: Path, folder: Path) -> dict[str, Side]:
    mail = (*_MAIL, "--text", body(1))
    commands = {
        "--version": ("--version",),
        "--help": ("--help",),
        "list": (*options(many), "list", "--limit", str(LISTED)),
        "send --dry-run": (*options(folder), "send", "--dry-run", *mail),
        "send": (*options(folder), "send", "--no-undo", *mail),
    }
    return {name: partial(cost_of, [_OURS, *words]) for name, words in commands.items()}


def _mailatlas(folder: Path, port: int) -> dict[str, Side]:
    command, root = command_of(MAILATLAS), ("--root", str(folder / "few"))
    mail = ("send", *root, "--from", _SENDER, *_MAIL, "--text", body(1))
    server = ("--smtp-host", "127.0.0.1", "--smtp-port", str(port))
    plain = ("--no-smtp-starttls", "--no-smtp-ssl", "--provider", "smtp")
    commands = {
        "mailatlas --help": ("--help",),
        "mailatlas list": ("list", "--root", str(folder / "many")),
        "mailatlas send --dry-run": (*mail, "--dry-run"),
        "mailatlas send": (*mail, *server, *plain),
    }
    return {
        name: partial(cost_of, [command, *words]) for name, words in commands.items()
    }


def _others(port: int) -> dict[str, Side]:
    server = ("--type", "smtp", "--host", "127.0.0.1:shop.example", "--port", str(port))
    mail = ("--sender", _SENDER, "--recipients", recipient(1), "--subject", "Order 1")
    fluxmail = [command_of(FLUXMAIL), *server, *mail, "--body", body(1)]
    script = [sys.executable, str(_SCRIPT), str(port), body(1)]
    return {
        "fluxmail": partial(cost_of, fluxmail),
        "fluxmail --help": partial(cost_of, [command_of(FLUXMAIL), "--help"]),
        SMTPLIB: partial(cost_of, script),
    }


def _fill_mailatlas(root: Path, mails: int) -> None:
    """Have as many documents there, as ``mailatlas ingest`` would write them."""
    subprocess.run(
        [command_of(MAILATLAS), "list", "--root", str(root)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (path,) = root.glob("*.db")
    connection = apsw.Connection(str(path))
    with connection:
        connection.execute(_DOCUMENTS, (mails, body(1)))
    connection.close()


_DOCUMENTS: Final = """
WITH RECURSIVE counted (n) AS (
  VALUES (1) UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
INSERT INTO documents (
  id, source_kind, message_id, subject, sender_name, sender_email, received_at,
  body_text, raw_path, content_hash, metadata_json, created_at)
SELECT
  printf('%036d', n), 'eml', printf('<%d@shop.example>', n), 'Order ' || n, 'Ada',
  'ada@shop.example', '2025-01-01T14:00:00+00:00', ?, 'raw/mail.eml',
  printf('%064d', n), '{}', '2025-01-01T14:00:00+00:00'
FROM counted
"""
