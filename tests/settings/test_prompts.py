"""Passwords that a person types each time."""

import pytest

from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings.prompts import NOBODY, Prompts
from tuimail.settings.secrets import check_reference, read_secret


class Person:
    """Types what is set, and notes what was asked."""

    def __init__(self, types: str = "hunter2") -> None:
        self.types = types
        self.asked: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        return self.types


def read(prompts: Prompts) -> str | None:
    return read_secret("prompt:", account="work", environ={}, prompts=prompts)


def test_it_is_a_reference() -> None:
    check_reference("prompt:")


def test_it_is_typed_once_and_kept_for_this_process() -> None:
    person = Person()
    prompts = Prompts(person)

    prompts.ask_ahead("work")
    prompts.ask_ahead("work")

    assert [read(prompts), read(prompts)] == ["hunter2", "hunter2"]
    assert person.asked == ["Password for work (is not kept): "]
    assert "hunter2" not in f"{prompts!r}"


def test_what_was_wrong_is_typed_again() -> None:
    prompts = Prompts(Person())
    prompts.ask_ahead("work")
    prompts.forget("work")

    with pytest.raises(TemporarySecretError):
        read(prompts)


def test_who_types_nothing_may_do_so_later() -> None:
    """The mail waits; the account need not be held."""
    prompts = Prompts(Person(""))
    prompts.ask_ahead("work")

    with pytest.raises(TemporarySecretError, match="Nobody typed") as caught:
        read(prompts)
    assert "outbox run" in caught.value.hint


def test_where_nobody_can_be_asked_a_person_has_to_act() -> None:
    NOBODY.ask_ahead("work")

    with pytest.raises(SecretError, match="nobody can be asked") as caught:
        read(NOBODY)
    assert not isinstance(caught.value, TemporarySecretError)
    assert "tuimail accounts resume work" in caught.value.hint
