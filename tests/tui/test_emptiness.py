"""What an empty list says was last."""

from datetime import timedelta

import pytest

from tests.tui.conftest import NOW, Desk
from tuimail.tui import emptiness
from tuimail.tui.screens.review import HOW_TO_HAND_IN
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.workspace.lately import Lately

AT = f"{(NOW - timedelta(hours=1)).astimezone():%H:%M}"


def test_review_says_when_somebody_decided_last() -> None:
    lately = Lately(decided_at=NOW - timedelta(hours=1))

    said = emptiness.with_last("Nothing to review.", "review", lately, NOW)

    assert said == f"Nothing to review.\n\nLast decision {AT}."


@pytest.mark.parametrize("mode", ["review", "outbox", "drafts"])
@pytest.mark.parametrize("lately", [None, Lately()])
def test_where_nothing_was_nothing_is_added(mode: str, lately: Lately | None) -> None:
    assert emptiness.with_last("Nothing.", mode, lately, NOW) == "Nothing."


async def test_the_outbox_says_what_was_sent_last(desk: Desk) -> None:
    row = await desk.sent()
    desk.advance(3600)
    at = f"{(row.sent_at or NOW).astimezone():%H:%M}"

    async with desk.show(start="outbox") as stage:
        await stage.until_shown(f"Last sent {at} to ana@example.net.")
        await stage.press("alt+1")
        await stage.until_shown(f"Last decision {at}.")


async def test_an_empty_list_is_told_of_whole_and_offers_nothing_to_read(
    desk: Desk,
) -> None:
    async with desk.show(size=(80, 24)) as stage:
        await stage.until_shown("Nothing to review.")
        told = [line.strip() for line in stage.lines[1:]]
        detail = stage.one(Detail).display
        focused = stage.app.focused
        footer = stage.footer

    assert f"Programs hand in mail with: {HOW_TO_HAND_IN} y copies that." in (
        " ".join(filter(None, told))
    )
    assert not detail
    assert isinstance(focused, MailTable)
    assert "read" not in footer
    assert "next tab" not in footer


async def test_how_mail_is_handed_in_is_copied_from_an_empty_review(
    desk: Desk,
) -> None:
    async with desk.show(size=(80, 24)) as stage:
        await stage.until_shown("y copies that.")
        await stage.press("y")
        await stage.until(lambda: stage.app.clipboard)
        copied = stage.app.clipboard

    assert copied == HOW_TO_HAND_IN


async def test_nothing_is_copied_where_there_is_something_to_review(
    desk: Desk,
) -> None:
    desk.hand_in()

    async with desk.show(size=(80, 24)) as stage:
        await stage.until_shown("Ana Novák")
        await stage.press("y")
        copied = stage.app.clipboard

    assert copied == ""
