"""One mail: its tabs, what is found in them, and what is gone to."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import NOW, Desk
from tuimail.core.decision import Comment
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.tui import jumping
from tuimail.tui.looks import Look, look
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.elsewhere import Elsewhere
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.later import Later
from tuimail.tui.widgets.search_line import SearchLine
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import Row

TEXT = "Hi Ana,\n\n" + "".join(f"this is line {n}\n" for n in range(3, 80))


class One(App[None]):
    """A mail, and nothing else."""

    def __init__(self, shown: Look) -> None:
        super().__init__()
        self.shown = shown

    def compose(self) -> ComposeResult:
        yield Detail(tab="text", id="detail")

    def on_mount(self) -> None:
        self.query_one(Detail).show(self.shown)


@asynccontextmanager
async def showing(
    shown: Look, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Pilot[None]]:
    async with One(shown).run_test(size=size) as pilot:
        pilot.app.query_one("#text", TextView).focus()
        await pilot.pause()
        yield pilot


def seen(desk: Desk, row: Row) -> Look:
    with desk.open() as workspace:
        return look(row.id)(workspace)


def with_findings(shown: Look, *findings: Finding) -> Look:
    return replace(shown, page=replace(shown.page, findings=findings))


def finding(field: str, place: str, **about: Any) -> Finding:
    values = {"code": "test.it", "severity": Severity.WARNING, "message": "Look."}
    return Finding(field=field, place=place, **(values | about))


def detail(pilot: Pilot[None]) -> Detail:
    return pilot.app.query_one(Detail)


def text(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in strip).rstrip() for strip in strips)


def note(pilot: Pilot[None]) -> str:
    return pilot.app.query_one(SearchLine).note


async def test_words_are_found_gone_through_and_forgotten(desk: Desk) -> None:
    shown = seen(desk, desk.hand_in(text=TEXT))

    async with showing(shown) as pilot:
        await pilot.press("slash", *"line 60")
        told = (note(pilot), "this is line 60" in text(pilot))
        await pilot.press("enter", *"n")
        same = note(pilot)
        await pilot.press("slash", *"line 7")
        many = note(pilot)
        await pilot.press("enter", "N")
        before = note(pilot)
        await pilot.press("slash", *"zzz")
        nothing = note(pilot)
        await pilot.press("escape")
        closed = (pilot.app.query_one(SearchLine).display, text(pilot))

    assert told == ("1 of 1", True)
    assert same == "1 of 1"
    assert many == "2 of 11"
    assert before == "1 of 11"
    assert nothing == "not in this tab"
    assert not closed[0]
    assert "find" not in closed[1]


async def test_an_empty_search_is_none(desk: Desk) -> None:
    async with showing(seen(desk, desk.hand_in(text=TEXT))) as pilot:
        await pilot.press("slash", "x", "backspace", "enter")
        is_shown = pilot.app.query_one(SearchLine).display
        focused = pilot.app.focused

    assert not is_shown
    assert isinstance(focused, TextView)


async def test_findings_are_gone_to_where_they_are(desk: Desk) -> None:
    shown = with_findings(
        seen(desk, desk.hand_in(text=TEXT, html="<p>Hello</p>")),
        finding("text", "this is line 55"),
        finding("html", "Hello"),
        finding("subject", "Q3 report"),
        finding("text", "not there at all"),
        finding("attach", ""),
    )
    tabs, notes = [], []

    async with showing(shown) as pilot:
        for _ in range(6):
            detail(pilot).go_to_finding(1)
            await pilot.pause()
            tabs.append(detail(pilot).tab)
            notes.append(note(pilot))
        place = "this is line 55" in text(pilot)
        detail(pilot).go_to_finding(-1)
        back = detail(pilot).tab

    assert tabs == ["text", "html", "headers", "checks", "checks", "text"]
    assert notes[0] == "1 of 5  WARNING test.it: Look."
    assert notes[4].startswith("5 of 5")
    assert place
    assert back == "checks"


async def test_the_last_finding_comes_first_backwards(desk: Desk) -> None:
    shown = with_findings(
        seen(desk, desk.hand_in()), finding("text", "a"), finding("to", "Ana")
    )

    async with showing(shown) as pilot:
        detail(pilot).go_to_finding(-1)
        await pilot.pause()

        assert note(pilot).startswith("2 of 2")


def commented(desk: Desk) -> Look:
    """A mail that was sent back with comments, came again, and has a note."""
    row = desk.hand_in(text=TEXT)
    comments = (
        Comment(text="Who is that?", field="text", line=40),
        Comment(text="Too long."),
    )
    desk.do(
        lambda ws: ws.reviews.request_changes(
            row.id, revision=1, reason="No.", comments=comments
        )
    )
    draft = desk.page(row.id).draft
    newer = replace(draft, body=Body(text="Dear Ana,\n" + TEXT))
    with desk.open() as workspace, workspace.acting_as("agent:sales", door="http"):
        workspace.drafts.edit(row.id, newer, revision=1)
        workspace.drafts.request_review(row.id)
    with desk.open() as workspace:
        note_ = Comment(text="(to line 4) Still not.", field="text", line=3)
        workspace.looking.remark(row.id, 2, [note_])
    return seen(desk, row)


async def test_comments_are_gone_to_ones_own_first(desk: Desk) -> None:
    shown = commented(desk)
    notes, found = [], []

    async with showing(shown) as pilot:
        for _ in range(3):
            detail(pilot).go_to_comment(1, NOW)
            await pilot.pause()
            notes.append(note(pilot))
            found.append("this is line 40" in text(pilot))

    assert notes == [
        "1 of 3  line 3, noted here, told nobody yet: “(to line 4) Still not.”",
        "2 of 3  line 40, revision 1, person:mara 0 s ago: “Who is that?”",
        "3 of 3  revision 1, person:mara 0 s ago: “Too long.”",
    ]
    assert found[1]


def test_a_comment_on_a_text_that_is_gone_says_its_line_and_goes_nowhere(
    desk: Desk,
) -> None:
    shown = commented(desk)
    far = replace(shown.page, row=replace(shown.page.row, revision=9), first=None)

    spot = jumping.remark_spot(replace(shown, page=far, remarks=()), 0, NOW)

    assert spot.hit is None
    assert spot.told.startswith("1 of 2  line 40, revision 1")


async def test_what_changed_unfolds_and_widths_go_round(desk: Desk) -> None:
    row = desk.hand_in(text=TEXT)
    draft = desk.page(row.id).draft
    newer = replace(draft, body=Body(text=TEXT.replace("line 40", "another line")))
    desk.do(lambda ws: ws.drafts.edit(row.id, newer, revision=1))

    async with showing(seen(desk, row)) as pilot:
        can = [detail(pilot).can(one) for one in ("fold", "inside", "comment")]
        detail(pilot).turn("diff")
        await pilot.pause()
        folded = pilot.app.query_one("#text", TextView).text
        detail(pilot).fold()
        await pilot.pause()
        whole = pilot.app.query_one("#text", TextView).text
        widths = [detail(pilot).next_width() for _ in range(3)]
        detail(pilot).next_width()
        await pilot.pause()
        told = text(pilot)

    assert can == [False, False, False]
    assert "this is line 20" not in folded
    assert "this is line 20" in whole
    assert widths == [72, 40, 0]
    assert "72 columns" in told


async def test_a_search_in_what_changed_looks_into_what_is_folded(desk: Desk) -> None:
    row = desk.hand_in(text=TEXT)
    draft = desk.page(row.id).draft
    newer = replace(draft, body=Body(text=TEXT.replace("line 40", "another line")))
    desk.do(lambda ws: ws.drafts.edit(row.id, newer, revision=1))

    async with showing(seen(desk, row)) as pilot:
        detail(pilot).turn("diff")
        await pilot.press("slash", *"line 20")

        assert note(pilot) == "1 of 1"


async def test_everybody_is_listed_where_some_are_folded(desk: Desk) -> None:
    many = seen(desk, desk.hand_in(to=tuple(f"p{n}@example.net" for n in range(9))))

    async with showing(many) as pilot:
        detail(pilot).open_people()
        await pilot.pause()
        listed = pilot.app.query_one("#text", TextView).text

    assert listed.count("NEW") == 9
    assert listed.startswith("To p0@example.net")


async def test_few_people_are_in_the_record(desk: Desk) -> None:
    async with showing(seen(desk, desk.hand_in())) as pilot:
        detail(pilot).open_people()

        assert detail(pilot).tab == "record"


async def test_facts_are_told_in_short_where_lines_are_few(desk: Desk) -> None:
    shown = seen(desk, desk.hand_in(text="see the attached file"))

    async with showing(shown, size=(60, 12)) as pilot:
        short = pilot.app.query_one(Facts).text
        await pilot.resize_terminal(100, 60)
        for _ in range(500):
            if "Says" in pilot.app.query_one(Facts).text:
                break
            await pilot.pause(0.01)
        whole = pilot.app.query_one(Facts).text

    assert "rev 1" in short
    assert "Says" not in short
    assert "Says “as you asked”" in whole


async def test_the_line_that_one_is_at_is_known(desk: Desk) -> None:
    async with showing(seen(desk, desk.hand_in(text=TEXT))) as pilot:
        first = detail(pilot).line_shown
        await pilot.press("slash", *"line 60", "enter")
        found = detail(pilot).line_shown
        detail(pilot).open("headers")
        elsewhere = detail(pilot).line_shown

    assert (first, found, elsewhere) == (1, 60, 1)


async def test_the_file_that_one_reads_about_is_known(
    desk: Desk, tmp_path: Any
) -> None:
    files = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    for file in files:
        file.write_text("words " * 5)
    shown = seen(desk, desk.hand_in(attachments=tuple(files)))

    async with showing(shown, size=(80, 16)) as pilot:
        places = [detail(pilot).file_shown]
        detail(pilot).open("parts")
        await pilot.pause()
        places.append(detail(pilot).file_shown)
        await pilot.press("pagedown")
        places.append(detail(pilot).file_shown)

    assert places[:2] == [0, 0]
    assert places[2] > 0


async def test_tabs_that_were_read_have_a_mark(desk: Desk) -> None:
    async with showing(seen(desk, desk.hand_in())) as pilot:
        detail(pilot).mark_read(frozenset({"text"}))
        await pilot.pause()

        assert " Text* " in text(pilot)


async def test_another_mail_is_shown_without_what_was_said_of_the_first(
    desk: Desk,
) -> None:
    first, second = desk.hand_in(subject="a"), desk.hand_in(subject="b")

    async with showing(seen(desk, first)) as pilot:
        detail(pilot).tell_elsewhere("Decided elsewhere.")
        detail(pilot).go_to_finding(1)
        await pilot.pause()
        told = pilot.app.query_one(Elsewhere).display
        detail(pilot).show(seen(desk, second))
        await pilot.pause()
        after = (
            pilot.app.query_one(Elsewhere).display,
            pilot.app.query_one(SearchLine).display,
        )
        detail(pilot).show(None)
        await pilot.pause()
        nothing = (detail(pilot).tab, detail(pilot).can("width"), text(pilot).strip())

    assert told
    assert after == (False, False)
    assert nothing == ("", False, "")


@pytest.mark.parametrize(
    "act",
    [
        lambda one: one.go_to_finding(1),
        lambda one: one.go_to_comment(1, NOW),
        lambda one: one.fold(),
        lambda one: one.step(1),
        lambda one: one.turn("diff"),
        lambda one: one.open_people(),
    ],
)
async def test_keys_do_nothing_where_there_is_nothing_to_go_to(
    desk: Desk, act: Callable[[Detail], object]
) -> None:
    shown = with_findings(seen(desk, desk.write()))

    async with showing(shown) as pilot:
        detail(pilot).show(None)
        act(detail(pilot))
        await pilot.pause()

        assert not pilot.app.query_one(SearchLine).display


async def test_an_ordinary_mail_has_nothing_to_go_to(desk: Desk) -> None:
    shown = with_findings(seen(desk, desk.write()))

    async with showing(shown) as pilot:
        detail(pilot).go_to_finding(1)
        detail(pilot).go_to_comment(1, NOW)
        await pilot.press("n")

        assert not pilot.app.query_one(SearchLine).display
        assert pilot.app.query_one(Input).value == ""


async def test_what_takes_long_is_begun_before_it_is_opened(desk: Desk) -> None:
    html = "<p>" + "many words " * 10_000 + "</p>"
    shown = seen(desk, desk.hand_in(html=html))
    (tab,) = [one for one in shown.tabs if one.is_slow]

    async with showing(shown) as pilot:
        await pilot.app.workers.wait_for_complete()

    assert tab.name == "html"
    assert isinstance(tab.text, Later)
    assert tab.text._made is not None
