"""The desk for reviewers: a name and a PIN, and guessing is slow."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.workspace.conftest import BILLING, MARA, NOW, Desk
from tuimail.errors import (
    AuthenticationError,
    FieldError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
)
from tuimail.workspace import reviewers as module
from tuimail.workspace.reviewers import Reviewer
from tuimail.workspace.workspace import Workspace

PIN = "271828"
Guess = Callable[[int], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost is in the hash, so a small one is verified like a big one."""
    monkeypatch.setattr(module, "_COST", 4)


@pytest.fixture
def ana(workspace: Workspace) -> Reviewer:
    return workspace.reviewers.add("ana", PIN)


@pytest.fixture
def guess(workspace: Workspace, ana: Reviewer) -> Guess:
    def wrong(times: int) -> None:
        for _ in range(times):
            with pytest.raises(AuthenticationError):
                workspace.reviewers.verify("ana", "000000")

    return wrong


def test_a_reviewer_is_who_has_the_pin(workspace: Workspace, ana: Reviewer) -> None:
    assert ana == Reviewer(name="ana", added_at=NOW)
    assert ana.actor == "person:ana"
    assert workspace.reviewers.list() == (ana,)
    assert workspace.reviewers.verify("ana", PIN) == "person:ana"
    assert workspace.reviewers.verify("Ana", PIN) == "person:ana"


def test_a_pin_is_the_same_however_its_letters_are_typed(
    workspace: Workspace,
) -> None:
    workspace.reviewers.add("žofie", "p\u00e4ssw\u00f6rt")

    actor = workspace.reviewers.verify("žofie", "pa\u0308sswo\u0308rt")

    assert actor == "person:žofie"


@pytest.mark.parametrize("pin", ["", "27182", "271829", "271828 ", "\ud800" * 6])
def test_another_pin_is_not_theirs(
    workspace: Workspace, ana: Reviewer, pin: str
) -> None:
    with pytest.raises(AuthenticationError):
        workspace.reviewers.verify("ana", pin)


def test_one_refusal_is_as_another(workspace: Workspace, ana: Reviewer) -> None:
    """Nobody learns from it who decides, and no PIN is in it."""
    workspace.reviewers.add("bo", PIN)
    workspace.reviewers.remove("bo")

    told = set()
    for name, pin in (("ana", "314159"), ("bo", PIN), ("eve", "314159"), ("", "")):
        with pytest.raises(AuthenticationError) as refused:
            workspace.reviewers.verify(name, pin)
        told.add((str(refused.value), refused.value.hint))

    assert len(told) == 1
    assert "314159" not in str(told)


def test_a_hash_costs_what_it_is_made_with(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.reviewers.add("ana", PIN)
    monkeypatch.setattr(module, "_COST", 5)
    workspace.reviewers.add("bo", PIN)

    hashes = [one.pin_hash for one in workspace._stores.reviewers.present()]

    assert [one.split("$")[0] for one in hashes] == ["4", "5"]
    assert workspace.reviewers.verify("ana", PIN) == "person:ana"
    assert workspace.reviewers.verify("bo", PIN) == "person:bo"


def test_two_with_one_pin_have_two_hashes(workspace: Workspace) -> None:
    workspace.reviewers.add("ana", PIN)
    workspace.reviewers.add("bo", PIN)

    first, second = workspace._stores.reviewers.present()

    assert first.pin_hash != second.pin_hash


def test_no_pin_is_written_anywhere(desk: Desk, workspace: Workspace) -> None:
    workspace.reviewers.add("ana", "correct-horse")

    files = [one for one in desk.root.rglob("*") if one.is_file()]

    assert b"person:mara" in b"".join(one.read_bytes() for one in files)
    assert not [one for one in files if b"correct-horse" in one.read_bytes()]


# Guessing ----------------------------------------------------------------------


def test_after_five_wrong_pins_even_the_right_one_waits(
    workspace: Workspace, guess: Guess
) -> None:
    guess(5)

    with pytest.raises(TooManyError, match="5 wrong PINs") as refused:
        workspace.reviewers.verify("ana", PIN)

    assert refused.value.wait_seconds == 30


def test_after_the_wait_the_right_one_lets_in_and_ends_the_count(
    desk: Desk, workspace: Workspace, guess: Guess
) -> None:
    guess(5)
    desk.advance(30)

    assert workspace.reviewers.verify("ana", PIN) == "person:ana"
    guess(4)
    assert workspace.reviewers.verify("ana", PIN) == "person:ana"


def test_each_further_wrong_one_waits_twice_as_long_up_to_an_hour(
    desk: Desk, workspace: Workspace, guess: Guess
) -> None:
    guess(5)
    waits = []
    for _ in range(9):
        with pytest.raises(TooManyError) as refused:
            workspace.reviewers.verify("ana", PIN)
        waits.append(refused.value.wait_seconds)
        desk.advance(refused.value.wait_seconds)
        guess(1)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_million_wrong_ones_wait_an_hour(
    desk: Desk, workspace: Workspace, guess: Guess
) -> None:
    guess(1)
    with workspace._stores.transaction():
        workspace._stores.reviewers.failed(
            "ana", failures=1_000_000, at=desk.clock.now(), until=None
        )

    guess(1)

    with pytest.raises(TooManyError) as refused:
        workspace.reviewers.verify("ana", PIN)
    assert refused.value.wait_seconds == 3600


def test_a_restart_does_not_begin_to_count_anew(
    desk: Desk, workspace: Workspace, guess: Guess
) -> None:
    guess(5)
    workspace.close()

    with desk.open() as again, pytest.raises(TooManyError):
        again.reviewers.verify("ana", PIN)


def test_a_wrong_pin_of_one_is_none_of_another(
    workspace: Workspace, guess: Guess
) -> None:
    workspace.reviewers.add("bo", "314159")
    guess(5)

    assert workspace.reviewers.verify("bo", "314159") == "person:bo"


def test_who_guesses_in_two_places_at_once_is_told_no_more(
    desk: Desk, workspace: Workspace, guess: Guess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right PIN is not told from a wrong one once others used up the tries."""
    guess(4)
    is_right = module._is_right

    def meanwhile(pin_hash: str, pin: str) -> bool:
        monkeypatch.setattr(module, "_is_right", is_right)
        with desk.open() as other, pytest.raises(AuthenticationError):
            other.reviewers.verify("ana", "000000")
        return is_right(pin_hash, pin)

    monkeypatch.setattr(module, "_is_right", meanwhile)
    with pytest.raises(TooManyError):
        workspace.reviewers.verify("ana", PIN)


def test_who_was_removed_meanwhile_is_not_let_in(
    desk: Desk,
    workspace: Workspace,
    ana: Reviewer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_right = module._is_right

    def meanwhile(pin_hash: str, pin: str) -> bool:
        with desk.open() as other:
            other.reviewers.remove("ana")
        return is_right(pin_hash, pin)

    monkeypatch.setattr(module, "_is_right", meanwhile)
    with pytest.raises(AuthenticationError):
        workspace.reviewers.verify("ana", PIN)


# Who decides who decides -------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pin", "field"),
    [
        ("", PIN, "name"),
        ("n" * 65, PIN, "name"),
        ("two words", PIN, "name"),
        ("person:mara", PIN, "name"),
        (".hidden", PIN, "name"),
        ("esc\x1b", PIN, "name"),
        ("rtl\u202e", PIN, "name"),
        ("bo", "12345", "pin"),
        ("bo", "", "pin"),
        ("bo", "1" * 129, "pin"),
        ("bo", "12345\n", "pin"),
        ("ana", PIN, "name"),
        ("ANA", PIN, "name"),
    ],
)
def test_what_cannot_be_a_reviewer_is_refused_without_the_pin(
    workspace: Workspace, ana: Reviewer, name: str, pin: str, field: str
) -> None:
    with pytest.raises(FieldError) as refused:
        workspace.reviewers.add(name, pin)

    assert refused.value.field == field
    assert refused.value.hint
    assert not pin or pin not in f"{refused.value} {refused.value.hint}"
    assert workspace.reviewers.list() == (ana,)


def test_who_was_removed_can_be_named_again_with_another_pin(
    workspace: Workspace, ana: Reviewer
) -> None:
    assert workspace.reviewers.remove("ana") == ana
    assert workspace.reviewers.list() == ()

    again = workspace.reviewers.add("ana", "161803")

    assert workspace.reviewers.list() == (again,)
    assert workspace.reviewers.verify("ana", "161803") == "person:ana"
    with pytest.raises(AuthenticationError):
        workspace.reviewers.verify("ana", PIN)


@pytest.mark.parametrize("name", ["eve", "bo"])
def test_nobody_of_that_name_is_said_so(workspace: Workspace, name: str) -> None:
    workspace.reviewers.add("bo", PIN)
    workspace.reviewers.remove("bo")

    with pytest.raises(NotFoundError, match="no reviewer"):
        workspace.reviewers.remove(name)


@pytest.mark.parametrize("words", [("add", "eve", PIN), ("remove", "ana")])
@pytest.mark.parametrize(
    ("actor", "on_terminal"), [(MARA, False), (BILLING, True), (BILLING, False)]
)
def test_only_a_person_at_a_terminal_changes_who_decides(
    workspace: Workspace,
    ana: Reviewer,
    words: tuple[str, ...],
    actor: str,
    *,
    on_terminal: bool,
) -> None:
    verb, *arguments = words

    with (
        workspace.acting_as(actor, door="cli", on_terminal=on_terminal),
        pytest.raises(NotAllowedError),
    ):
        getattr(workspace.reviewers, verb)(*arguments)

    assert workspace.reviewers.list() == (replace(ana),)


def test_the_journal_says_who_named_whom_and_who_guessed(
    workspace: Workspace, guess: Guess
) -> None:
    guess(5)
    workspace.reviewers.remove("ana")

    lines = workspace._stores.journal.all()
    assert [(one.actor, one.event) for one in lines] == [
        (MARA, "reviewer_added"),
        (MARA, "reviewer_waits"),
        (MARA, "reviewer_removed"),
    ]


@pytest.mark.parametrize(
    "name", ["\uff41lice", "al\u00edce", "\u0430lice", "\u0430LICE"]
)
@pytest.mark.parametrize("is_former", [False, True])
def test_a_name_that_reads_like_anothers_is_refused(
    workspace: Workspace, name: str, *, is_former: bool
) -> None:
    workspace.reviewers.add("alice", "483920")
    if is_former:
        workspace.reviewers.remove("alice")

    with pytest.raises(FieldError, match="reads like the reviewer alice"):
        workspace.reviewers.add(name, "483920")


def test_no_program_tries_pins(workspace: Workspace) -> None:
    workspace.reviewers.add("alice", "483920")

    with (
        workspace.acting_as("agent:billing", door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.reviewers.verify("alice", "483920")
