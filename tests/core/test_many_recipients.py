"""A mail to very many takes as much longer as they are more."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.core.drafts import a_draft, planned, reader
from tuimail.core import compose
from tuimail.core.address import Address
from tuimail.core.draft import Draft

NAMES = ("Jane Doe", "Döe, Jane", 'Jane "J" Doe', "", "Jane " * 30)


def people(count: int, domain: str) -> tuple[Address, ...]:
    return tuple(
        Address(local=f"p{number}", domain=domain, name=NAMES[number % len(NAMES)])
        for number in range(count)
    )


def a_draft_to(count: int) -> Draft:
    return a_draft(
        to=people(count, "b.example"),
        cc=people(count, "bücher.example"),
        bcc=people(count, "c.example"),
        reply_to=people(count, "d.example"),
    )


def header_block(plan: compose.Plan) -> bytes:
    return next(compose.render(plan, read=reader()))


@pytest.mark.slow
def test_twenty_thousand_are_named_once_each_and_read_back() -> None:
    everybody = people(20_000, "b.example")
    draft = a_draft(to=everybody, bcc=people(20_000, "c.example"))
    plan = planned(draft)

    block = header_block(plan)
    compose.compare_with_parser(block, plan)

    assert block.count(b"@b.example") == 20_000
    assert b"c.example" not in block
    assert max(map(len, block.split(b"\r\n"))) <= 76
    assert len(compose.envelope(draft).recipients) == 40_000


@pytest.mark.slow
def test_twenty_thousand_who_need_smtputf8_are_looked_at_once() -> None:
    everybody = tuple(
        Address(local=f"jörg{number}", domain="b.example") for number in range(20_000)
    )

    block = header_block(planned(a_draft(to=everybody)))

    assert block.decode().count("jörg") == 20_000


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(lambda draft: planned(draft), id="plan"),  # noqa: PLW0108
        pytest.param(lambda draft: header_block(planned(draft)), id="render"),
        pytest.param(compose.envelope, id="envelope"),
    ],
)
def test_twice_as_many_take_twice_as_many_steps(step: Callable[[Draft], Any]) -> None:
    step(a_draft_to(10))
    few, many = a_draft_to(300), a_draft_to(600)

    assert calls(lambda: step(many)) <= 2.1 * calls(lambda: step(few))


def calls(act: Callable[[], object]) -> int:
    """Return how many functions ``act`` calls, built-in ones among them."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count
