from collections.abc import Mapping

import pytest

from tests.cli.conftest import FullStream, Shell
from tuimail import __version__
from tuimail.cli import finding
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, nothing
from tuimail.cli.verbs import VERBS, overview
from tuimail.errors import FieldError

SECRET = "hunter2"


def _stub(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(_call: Call) -> int:
        raise error

    commands: Mapping[str, Command] = {"list": Command(arguments=nothing, run=run)}
    monkeypatch.setattr(finding, "COMMANDS", commands)


def test_help_lists_the_verbs(tuimail: Shell) -> None:
    answer = tuimail("--help")

    assert (answer.code, answer.text, answer.talk) == (0, overview(), "")


@pytest.mark.parametrize("words", [("--version",), ("--version", "list")])
def test_the_version_is_told(tuimail: Shell, words: tuple[str, ...]) -> None:
    assert tuimail(*words).text == f"tuimail {__version__}\n"
    assert tuimail("--json", *words).json == {"version": __version__}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(tuimail: Shell, verb: str) -> None:
    answer = tuimail(*verb.split(), "--help") if verb else tuimail("--help")

    assert answer.code == 0
    assert f"tuimail {verb}".strip() in answer.text
    assert "--workspace DIR" in answer.text
    assert answer.talk == ""


def test_help_about_a_verb_can_be_json(tuimail: Shell) -> None:
    assert "usage: tuimail send" in tuimail("send", "-h", "--json").json["help"]


def test_an_error_is_a_sentence_and_what_to_type_next(tuimail: Shell) -> None:
    answer = tuimail("sned")

    assert answer.code == 2
    assert answer.raw == b""
    assert answer.talk == (
        "tuimail: There is no verb 'sned'.\n  Did you mean: tuimail send\n"
    )


def test_an_error_as_json_has_four_fields(tuimail: Shell) -> None:
    answer = tuimail("reroute", "abcd", "--json")

    assert answer.code == 2
    assert answer.talk == ""
    assert answer.json == {
        "error": {
            "code": "usage",
            "message": "The following arguments are required: --account.",
            "hint": "See what it takes: tuimail reroute --help",
            "field": "account",
        }
    }


def test_an_error_without_a_hint_is_one_line(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stub(monkeypatch, FieldError("No."))

    assert tuimail("list").talk == "tuimail: No.\n"


def test_ctrl_c_ends_with_130(tuimail: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    _stub(monkeypatch, KeyboardInterrupt())

    assert (tuimail("list").code, tuimail("list").talk) == (
        130,
        "tuimail: Interrupted.\n",
    )
    assert tuimail("list", "--json").error["code"] == "interrupted"


def test_a_bug_is_one_sentence_with_its_place_and_no_secret(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stub(monkeypatch, ValueError(SECRET))

    answer = tuimail("list")
    document = tuimail("list", "--json").error

    assert answer.code == 1
    assert "ValueError in cli/entry.py:" in answer.talk
    assert SECRET not in answer.talk
    assert answer.talk.count("\n") == 2
    assert (document["code"], SECRET in document["message"]) == ("bug", False)


def test_the_answer_of_an_error_that_cannot_be_written_is_said(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stub(monkeypatch, FieldError("No."))

    answer = tuimail("list", "--json", out=FullStream())

    assert answer.code == 1
    assert answer.talk.splitlines() == [
        "tuimail: No.",
        "tuimail: The answer could not be written: No space left on device.",
    ]
