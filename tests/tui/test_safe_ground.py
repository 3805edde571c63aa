"""Whatever is in a mail, it is shown: it acts on nothing and ends nothing."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Static

import tuimail.tui
from tests.tui.conftest import FIELDS, SALES, Desk, Stage
from tuimail.core.display import is_inert
from tuimail.core.draft import Body, Draft
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.errors import StoreError
from tuimail.providers.base import SendJob
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import Row

ACTS = (
    "\x1b[>q \x1b[c \x1b[6n \x1b]52;c;aGk=\x07 \x1b]0;t\x07 \x9b31m \x90q\x9c "
    "\x00 \x07 \x08 \x0b \x0c \x7f \x85 \u202eabc\u202c \u2066x\u2069 \u200b \u200e "
    "\ufeff \u2028 \u2029 \U000e0041 \u00ad \u3164"
)
"""Everything a terminal, or an eye, could be made to act upon."""
HIDES = "\u202eabc\u202c \u2066x\u2069 \u200b \u200e \ufeff \U000e0041 \u00ad \u3164"
"""What may stand in a header line of a draft that was handed in."""
MARKUP = "[/b] [@click=app.quit]x[/] [link=https://e.vil]y[/link] [red] [b]"
PLAIN = "Re: fix [/etc/hosts]"


def hostile(desk: Desk, subject: str) -> Draft:
    with desk.open() as workspace:
        draft = workspace.drafts.compose(FIELDS)
    return replace(
        draft,
        subject=subject,
        body=Body(
            text=f"{ACTS.replace(chr(0), '')}\n{MARKUP}\n{PLAIN}\n",
            html=f"<p>{MARKUP}</p><p>{ACTS.replace(chr(0), '')}</p>",
        ),
    )


def fill(desk: Desk, subject: str) -> dict[str, Row]:
    """Put a hostile mail into every pane."""
    draft = hostile(desk, subject)
    with desk.open() as workspace:
        with workspace.acting_as(SALES, door="http"):
            review = workspace.drafts.new(draft, note=f"{ACTS} {MARKUP}")
            rejected = workspace.drafts.new(draft, note=ACTS)
        no = f"{ACTS}{MARKUP}".replace(chr(0), "")
        workspace.reviews.reject(rejected.id, revision=1, reason=no)
        mine = workspace.drafts.new(draft)
        held = workspace.drafts.new(draft)
        workspace.outbox.send(held.id, revision=1)
        workspace.outbox.hold(held.id)
    return {"review": review, "drafts": mine, "compose": mine, "outbox": held}


async def refuses(job: SendJob) -> Verdicts:
    receipt = Receipt(stage="rcpt", code=550, text=f"{ACTS}\n{MARKUP}")
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=one.wire_address, kind=VerdictKind.REFUSED, receipt=receipt
            )
            for one in job.envelope.recipients
        )
    )


def must_be_inert(stage: Stage) -> None:
    """Look at every segment of every strip, dialogs and toasts included."""
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            assert all(map(is_inert, segment.text)), ascii(segment.text)
            assert "\ud800" not in segment.text
            style = segment.style
            assert style is None or style.link is None
            assert style is None or "@click" not in style.meta


async def test_markup_is_shown_as_it_is(desk: Desk) -> None:
    fill(desk, PLAIN)

    async with desk.show(size=(160, 50)) as stage:
        shown = stage.text

    assert "Subject  Re: fix [/etc/hosts]" in shown
    assert "[/b] [@click=app.quit]x[/]" in shown


@pytest.mark.slow
async def test_nothing_in_a_mail_can_be_clicked(desk: Desk) -> None:
    fill(desk, "[@click=app.leave]leave[/]")

    async with desk.show(size=(160, 50)) as stage:
        for y in range(3, 9):
            await stage.pilot.click(offset=(70, y))
        is_running = stage.app.is_running

    assert is_running


async def test_a_servers_answer_is_shown_and_acts_on_nothing(desk: Desk) -> None:
    await desk.sent(refuses)

    async with desk.show(start="outbox", size=(160, 50)) as stage:
        must_be_inert(stage)
        shown = stage.one(TextView, "#text").text

    assert "[/b]" in shown
    assert "␛" in shown


async def test_an_error_text_is_shown_and_acts_on_nothing(desk: Desk) -> None:
    async with desk.show() as stage:
        pane = stage.app.pane
        assert pane is not None
        pane.refused(StoreError(f"{ACTS}{MARKUP}", hint=f"{MARKUP}\x1b[c"))
        await stage.until(lambda: stage.one(Notice).display)
        must_be_inert(stage)
        shown = stage.one(Notice).text

    assert "[/b]" in shown


async def test_a_confirmation_is_shown_and_acts_on_nothing(desk: Desk) -> None:
    row = desk.hand_in(subject=f"{MARKUP} [/etc/hosts]")

    async with desk.show() as stage:
        pane = stage.app.pane
        assert pane is not None
        pane.done(row, "released")
        await stage.until_shown("released")
        must_be_inert(stage)


async def test_even_a_widget_that_forgets_is_kept_from_the_terminal(
    desk: Desk,
) -> None:
    """The filter is the second line; this is what happens without the first."""
    async with desk.show() as stage:
        await stage.app.screen.mount(Static(f"raw {ACTS}", markup=False), before=0)
        await stage.until_shown("raw ")
        seen = stage.text
        must_be_inert(stage)

    assert "\x1b" not in seen


def test_the_hostile_text_would_act_on_a_terminal() -> None:
    """The control: what the tests above are about is really in their mails."""
    assert not all(map(is_inert, ACTS))
    assert not all(map(is_inert, HIDES))


def _sources() -> Iterator[str]:
    for path in Path(tuimail.tui.__path__[0]).rglob("*.py"):
        yield path.read_text()


def test_no_widget_of_textual_is_given_markup() -> None:
    for source in _sources():
        for call in re.findall(r"\bStatic\((?:[^()]|\([^()]*\))*\)", source):
            assert "markup=False" in call, call
        for call in re.findall(r"\bnotify\((?:[^()]|\([^()]*\))*\)", source):
            assert "markup=False" in call, call
        assert "from_markup" not in source


def test_no_key_is_typed_by_the_environment() -> None:
    code = (
        "import os; os.environ['TEXTUAL_PRESS'] = 'a'; import tuimail.tui;"
        "import textual.constants; print(repr(textual.constants.PRESS))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )

    assert done.stdout == "''\n"
