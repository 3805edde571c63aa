"""What is said beside the answer: not at all where asked, and in colours for eyes."""

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.tints import are_wanted

pytestmark = pytest.mark.usefixtures("account")
DRY = ("send", "--dry-run", "--to", "bob@partner.example", "--text", "see {{ name }}")


@pytest.fixture
def colourful(tuimail: Shell) -> Shell:
    tuimail.monkeypatch.delenv("NO_COLOR")
    tuimail.monkeypatch.setenv("TERM", "xterm-256color")
    return tuimail


def test_quiet_leaves_the_answer_and_nothing_beside_it(tuimail: Shell) -> None:
    loud, quiet = tuimail(*DRY), tuimail(*DRY, "--quiet")

    assert "warning: " in loud.talk
    assert (quiet.code, quiet.talk) == (0, "")
    assert "status: dry_run" in quiet.text


def test_quiet_still_says_what_went_wrong(tuimail: Shell) -> None:
    answer = tuimail("--quiet", "show", "nothing")

    assert answer.code == 1
    assert answer.talk.startswith("tuimail: ")


def test_quiet_still_shows_what_is_to_be_approved(tuimail: Shell) -> None:
    """Nobody signs what they were not shown."""
    mail = tuimail.submit()

    answer = tuimail("approve", mail["id"], "--quiet", terminal=True, stdin="000000\n")

    assert "Please pay." in answer.talk
    assert "digest" in answer.talk


def test_words_stand_out_on_a_terminal(colourful: Shell) -> None:
    colourful.submit()

    table = colourful("list", shown=True).text
    error = colourful("show", "nothing", terminal=True).talk
    finding = colourful(*DRY, terminal=True).talk

    assert table.startswith("\x1b[1mid")
    assert table.count("\x1b") == 2
    assert error.startswith("\x1b[1;31mtuimail:\x1b[0m ")
    assert "\x1b[33mwarning:\x1b[0m " in finding


def test_nothing_is_coloured_that_goes_to_a_program(colourful: Shell) -> None:
    colourful.submit()

    answers = (colourful("list"), colourful("show", "nothing"), colourful(*DRY))

    assert not any("\x1b" in answer.text + answer.talk for answer in answers)


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_colours_are_for_who_wants_them(
    environ: dict[str, str], *, wanted: bool
) -> None:
    assert are_wanted(environ) is wanted
