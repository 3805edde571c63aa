"""Another program's address book: what it prints, and what it may not do."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tuimail.core.address import format_address
from tuimail.workspace.address_command import MOST_PEOPLE, ask, words

LONG = timedelta(seconds=20)


def printing(text: str) -> str:
    return f'{sys.executable} -c "import sys; sys.stdout.write({text!r})"'


def asked(command: str, text: str = "ana") -> list[str]:
    return [format_address(one) for one in ask(command, text, LONG)]


@pytest.mark.parametrize(
    ("printed", "people"),
    [
        ("searching...\nana@x.org\tAna Novák\twork\n", ["Ana Novák <ana@x.org>"]),
        ("\na@x.org\tA\nb@x.org\t\n", ["A <a@x.org>", "b@x.org"]),
        ("Ana Novák <ana@x.org>\nbo@x.org\n", ["Ana Novák <ana@x.org>", "bo@x.org"]),
        ("not an address\tname\n@\t\nana@\n", []),
        ("ana@x.org\tA\x1b[31mna\n", []),
        ("", []),
    ],
    ids=["khard", "abook", "notmuch", "rubbish", "hostile", "nothing"],
)  # fmt: skip
def test_one_person_a_line_is_understood_and_all_else_passed_over(
    printed: str, people: list[str]
) -> None:
    assert asked(printing(printed)) == people


def test_what_was_typed_is_one_argument_whatever_is_in_it(tmp_path: Path) -> None:
    note = tmp_path / "arguments"
    script = f"import sys; open({str(note)!r}, 'w').write(repr(sys.argv[1:]))"
    asked(f'{sys.executable} -c "{script}" --like %s! end', "a b; rm")
    with_place = note.read_text()
    asked(f'{sys.executable} -c "{script}" --like', "a b; rm")

    assert with_place == "['--like', 'a b; rm!', 'end']"
    assert note.read_text() == "['--like', 'a b; rm']"


def test_a_text_that_would_be_an_option_is_not_asked_about() -> None:
    assert asked(printing("ana@x.org\n"), "-x") == []


def test_a_program_that_takes_too_long_is_ended_with_all_it_began() -> None:
    begun = f'{sys.executable} -c "import time; time.sleep(60)"'

    assert ask(begun, "ana", timedelta(milliseconds=20)) == ()


@pytest.mark.parametrize("command", ["/nowhere/at-all", "'open", "", "\0"])
def test_a_program_that_is_not_there_knows_nobody(command: str) -> None:
    assert asked(command) == []


def test_no_more_are_taken_than_can_be_shown() -> None:
    printed = "".join(f"p{number}@x.org\n" for number in range(50))

    assert len(asked(printing(printed))) == MOST_PEOPLE


def test_what_cannot_be_taken_apart_is_no_program() -> None:
    assert words("khard 'email") == ()
