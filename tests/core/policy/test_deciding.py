from typing import get_args

import pytest

from tuimail.core.origin import Origin
from tuimail.core.policy.deciding import (
    NoninteractiveSend,
    may_decide,
    needs_person,
    noninteractive,
)
from tuimail.errors import NotAllowedError

MARA = "person:mara"
OWN = Origin(actor=MARA, door="cli")
HANDED_IN = Origin(actor="agent:billing", door="http")


@pytest.mark.parametrize("actor", ["agent:billing", "tuimail", "", "mara"])
def test_mail_of_anybody_but_a_person_needs_a_person(actor: str) -> None:
    assert needs_person(Origin(actor=actor, door="http"))


def test_mail_of_a_person_needs_nobody_else() -> None:
    assert not needs_person(OWN)


@pytest.mark.parametrize("actor", ["agent:billing", "agent:other", "tuimail"])
@pytest.mark.parametrize("origin", [OWN, HANDED_IN])
@pytest.mark.parametrize("on_terminal", [True, False])
def test_programs_decide_about_nothing(
    actor: str, origin: Origin, *, on_terminal: bool
) -> None:
    with pytest.raises(NotAllowedError, match=actor) as caught:
        may_decide(actor=actor, origin=origin, on_terminal=on_terminal)

    assert caught.value.hint


def test_an_agent_named_like_a_person_is_an_agent() -> None:
    with pytest.raises(NotAllowedError):
        may_decide(actor="agent:person:mara", origin=OWN, on_terminal=True)


@pytest.mark.parametrize("on_terminal", [True, False])
def test_people_decide_about_their_own_mail_anywhere(*, on_terminal: bool) -> None:
    may_decide(actor=MARA, origin=OWN, on_terminal=on_terminal)


def test_a_person_at_a_terminal_decides_about_what_was_handed_in() -> None:
    may_decide(actor=MARA, origin=HANDED_IN, on_terminal=True)


@pytest.mark.parametrize("origin", [HANDED_IN, Origin(actor="person:bob", door="app")])
def test_about_the_mail_of_others_nobody_decides_without_a_terminal(
    origin: Origin,
) -> None:
    """An agent with a shell can type any command, as any person."""
    with pytest.raises(NotAllowedError, match="real terminal") as caught:
        may_decide(actor=MARA, origin=origin, on_terminal=False)

    assert "tuimail" in caught.value.hint


@pytest.mark.parametrize("setting", get_args(NoninteractiveSend))
def test_what_comes_from_a_terminal_is_sent_whatever_the_account_says(
    setting: NoninteractiveSend,
) -> None:
    assert not noninteractive(setting, on_terminal=True)


def test_without_a_terminal_the_account_may_allow_it() -> None:
    assert not noninteractive("allow", on_terminal=False)


def test_without_a_terminal_the_account_may_ask_for_review() -> None:
    assert noninteractive("review", on_terminal=False)


def test_without_a_terminal_the_account_may_forbid_it() -> None:
    with pytest.raises(NotAllowedError, match="noninteractive_send") as caught:
        noninteractive("block", on_terminal=False)

    assert "tuimail submit" in caught.value.hint
