"""One table of what commands end with, each row a command that does; as in the docs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.manual import EXITS

pytestmark = pytest.mark.usefixtures("account")
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%MZ}"
TO = ("--to", "bob@partner.example", "--subject", "Hello", "--text", "Hi")


@dataclass(frozen=True, slots=True)
class Ends:
    """A command, and the code that it ends with."""

    code: int
    run: Callable[[Shell], int]


def _send(*more: str) -> Callable[[Shell], int]:
    return lambda tuimail: tuimail("send", *TO, "--wait", "20", *more).code


def _plain(*words: str) -> Callable[[Shell], int]:
    return lambda tuimail: tuimail(*words).code


def _refused(tuimail: Shell) -> int:
    return tuimail("send", "--to", "gone@example.net", "--text", "x").code


def _undecided(tuimail: Shell) -> int:
    return tuimail("submit", *TO, "--actor", "billing", "--wait", "0.1").code


def _released_unapproved(tuimail: Shell) -> int:
    return tuimail("release", tuimail.submit()["id"]).code


def _misconfigured(tuimail: Shell) -> int:
    (tuimail.folder / "settings" / "config.toml").write_text("zebra = 1\n")
    return tuimail("outbox").code


def _interrupted(tuimail: Shell) -> int:
    def press(_seconds: float) -> None:
        raise KeyboardInterrupt

    tuimail.sleep = press
    return tuimail("send", *TO, terminal=True).code


ENDS = {
    "a list": Ends(0, _plain("list")),
    "help": Ends(0, _plain("send", "--help")),
    "mail that was sent": Ends(0, _send()),
    "a dry run": Ends(0, _send("--dry-run")),
    "a dry run of what the provider cannot do": Ends(
        1, _send("--dry-run", "--template-id", "welcome")
    ),
    "mail that is to leave later": Ends(0, _send("--at", TOMORROW)),
    "mail that was handed in": Ends(0, _plain("submit", *TO, "--actor", "billing")),
    "mail that was refused for good": Ends(1, _refused),
    "an address that is none": Ends(1, _plain("send", "--to", "bob", "--text", "x")),
    "an id that nothing has": Ends(1, _plain("show", "nothing")),
    "a step that mail may not take": Ends(1, _released_unapproved),
    "a journal that does not fit": Ends(
        1, _plain("audit", "verify", "--head", f"1:{'0' * 64}")
    ),
    "a verb that is none": Ends(2, _plain("sned")),
    "a flag that is unknown": Ends(2, _plain("list", "--zebra")),
    "a flag that is missing": Ends(2, _plain("reroute", "nothing")),
    "a wait for a decision that did not come": Ends(3, _undecided),
    "a setting that there is not": Ends(4, _misconfigured),
    "an account that is none": Ends(4, _send("--account", "nobody")),
    "Ctrl-C": Ends(130, _interrupted),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_command_ends_with_its_code(tuimail: Shell, end: Ends) -> None:
    assert end.run(tuimail) == end.code


def test_every_code_of_the_docs_is_in_the_table() -> None:
    assert {end.code for end in ENDS.values()} == set(EXITS)
