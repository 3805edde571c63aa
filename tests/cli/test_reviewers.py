"""People who decide are named by verbs; the PIN is typed unseen."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell
from tuimail.errors import AuthenticationError
from tuimail.workspace import reviewers

Types = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewers, "_COST", 4)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Types:
    """Have a person type these, unseen; return what they are asked."""

    def typed(*words: str) -> list[str]:
        left, asked = list(words), []

        def answer(question: str) -> str:
            asked.append(question)
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("getpass.getpass", answer)
        return asked

    return typed


def test_a_reviewer_is_who_types_the_pin(tuimail: Shell, types: Types) -> None:
    asked = types("271828", "271828")

    answer = tuimail("reviewers", "add", "ana", terminal=True)

    assert (answer.code, answer.text) == (0, "added: ana\n")
    assert "with a reviewer's PIN" in answer.talk
    assert len(asked) == 2
    assert "271828" not in answer.talk
    with tuimail.open() as workspace:
        assert workspace.reviewers.verify("ana", "271828") == "person:ana"


def test_only_the_first_and_the_last_are_remarked_upon(
    tuimail: Shell, types: Types
) -> None:
    talks = []
    for words in (("add", "ana"), ("add", "bo"), ("remove", "ana"), ("remove", "bo")):
        types("271828", "271828")
        answer = tuimail("reviewers", *words, "--json", terminal=True)
        talks.append(answer.talk)
        assert answer.json["reviewer"]["name"] == words[1]

    assert [bool(one) for one in talks] == [True, False, False, True]
    assert "No reviewer is left" in talks[3]


def test_a_list_shows_who_decides(tuimail: Shell, types: Types) -> None:
    empty = tuimail("reviewers", "list")
    types("271828", "271828")
    tuimail("reviewers", "add", "ana", terminal=True)

    assert "tuimail reviewers add NAME" in empty.talk
    assert tuimail("reviewers", "list").text.startswith("ana\t20")
    (document,) = tuimail("reviewers", "list", "--json").json["reviewers"]
    assert document["name"] == "ana"
    assert set(document) == {"name", "added_at"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("271828", "271829"), "differ"),
        (("12345", "12345"), "has 5 characters"),
        ((), "has 0 characters"),
    ],
)
def test_a_pin_that_is_none_names_nobody(
    tuimail: Shell, types: Types, typed: tuple[str, ...], words: str
) -> None:
    types(*typed)

    answer = tuimail("reviewers", "add", "ana", "--json", terminal=True)

    assert answer.code == 1
    assert words in answer.error["message"]
    assert answer.error["field"] == "pin"
    assert tuimail("reviewers", "list", "--json").json == {
        "reviewers": [],
        "next": None,
    }


def test_nobody_is_named_or_removed_without_a_terminal(
    tuimail: Shell, types: Types
) -> None:
    types("271828", "271828")
    tuimail("reviewers", "add", "ana", terminal=True)
    asked = types("314159", "314159")

    for words in (("add", "eve"), ("remove", "ana")):
        answer = tuimail("reviewers", *words, "--json", stdin="314159\n314159\n")
        assert answer.code == 1
        assert answer.error["code"] == "not-allowed"

    assert asked == []
    with tuimail.open() as workspace, pytest.raises(AuthenticationError):
        workspace.reviewers.verify("eve", "314159")


def test_a_pin_is_taken_from_no_flag(tuimail: Shell) -> None:
    answer = tuimail("reviewers", "add", "ana", "--pin", "271828", terminal=True)

    assert answer.code == 2
