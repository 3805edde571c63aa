"""Lists that are narrowed to some words, and read again while much changes."""

from dataclasses import replace

import pytest

from tests.tui.conftest import FIELDS, Desk, Stage
from tuimail.errors import StoreError
from tuimail.tui.asking import WorkspaceChanged
from tuimail.tui.screens.listing_pane import AT_ONCE, ListingPane
from tuimail.tui.widgets.filter_line import FilterLine
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.workspace.lists import ListDesk
from tuimail.workspace.searching import SearchDesk


def listed(stage: Stage) -> list[str]:
    return [row.subject for row in stage.one(MailTable).rows]


def note(stage: Stage) -> str:
    return stage.one(FilterLine).note


async def narrow(stage: Stage, text: str) -> None:
    """Type into the filter, in the place of what is there."""
    await stage.press("slash")
    stage.one(FilterLine)._field.value = ""
    await stage.type_in(text)
    await stage.settle()


async def test_a_list_shows_only_what_has_the_words_until_it_shows_all_again(
    desk: Desk,
) -> None:
    for number in range(6):
        desk.write(subject=f"{'odd' if number % 2 else 'even'} {number}")
        desk.advance(1)

    async with desk.show(start="drafts") as stage:
        await narrow(stage, "odd")
        await stage.until(lambda: note(stage) == "3 of 6")
        odd, selected = listed(stage), stage.one(MailTable).selected_row
        await stage.press("enter", "j")
        below = stage.one(MailTable).selected_row
        await stage.press("n")
        third = stage.one(MailTable).selected_row
        await stage.press("escape")
        everything, kept = listed(stage), stage.one(MailTable).selected_row
        is_open = stage.one(FilterLine).is_open
        await stage.press("N")
        hit = stage.one(MailTable).selected_row
        await stage.press("n", "n")
        said = stage.one(Notice).text

    assert odd == ["odd 5", "odd 3", "odd 1"]
    assert selected is not None
    assert below is not None
    assert third is not None
    assert hit is not None
    assert [selected.subject, below.subject, third.subject] == odd
    assert everything == ["odd 5", "even 4", "odd 3", "even 2", "odd 1", "even 0"]
    assert kept == third
    assert not is_open
    assert hit.subject == "odd 3"
    assert said == "No other mail matches odd."


async def test_a_filter_that_nothing_matches_says_how_to_go_back(desk: Desk) -> None:
    desk.write(subject="Renewal")

    async with desk.show(start="drafts") as stage:
        await narrow(stage, "zanzibar")
        await stage.until_shown("0 of 1 match zanzibar.  Esc shows all again.")
        await narrow(stage, "state:gone")
        await stage.until(lambda: "no state" in note(stage))
        await stage.press("enter")
        complaint = stage.one(Notice).text
        await narrow(stage, "state:dra")
        await stage.until(lambda: note(stage) == "1 of 1")
        await narrow(stage, "")
        await stage.press("enter")
        shown = listed(stage)
        is_open = stage.one(FilterLine).is_open

    assert "deferred" in complaint
    assert shown == ["Renewal"]
    assert not is_open


async def test_the_ends_of_a_long_list_are_read_when_they_are_gone_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.tui.widgets.mail_table._LEAST_AHEAD", 1)
    monkeypatch.setattr("tuimail.tui.widgets.mail_table._SCREENS_AHEAD", 1)
    with desk.open() as workspace:
        draft = workspace.drafts.compose(FIELDS)
        for number in range(60):
            workspace.drafts.new(replace(draft, subject=f"mail {number}"))
            desk.advance(1)

    async with desk.show(start="drafts") as stage:
        table = stage.one(MailTable)
        at_first = len(table.rows)
        await stage.press("G")
        await stage.until(lambda: table.selected_row is not None)
        await stage.until_shown("mail 0")
        last = listed(stage)
        await stage.press("pageup", "pageup", "home")
        await stage.until_shown("mail 59")
        first = table.selected_row

    assert at_first < 60
    assert "mail 59" not in last
    assert first is not None
    assert first.subject == "mail 59"


async def test_hostile_words_in_a_filter_are_only_words(desk: Desk) -> None:
    desk.write(subject="Renewal")

    async with desk.show(start="drafts") as stage:
        await narrow(stage, '[/b] "x" AND (NEAR * ^ {subject} : -')
        await stage.until_shown("0 of 1 match")


async def test_mail_is_read_to_be_found_when_there_is_time(desk: Desk) -> None:
    desk.write(subject="Zanzibar")

    async with desk.show(start="drafts") as stage:
        pane = stage.app.screen
        assert isinstance(pane, ListingPane)
        pane.read_when_idle()
        await stage.settle()

        with desk.open() as workspace:
            assert workspace.search.behind == 0


async def test_a_disk_that_takes_nothing_more_is_told_to_who_searches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(subject="Zanzibar")

    def full(_self: SearchDesk) -> bool:
        raise StoreError("The disk is full.", hint="Make room.")

    async with desk.show(start="drafts") as stage:
        monkeypatch.setattr(SearchDesk, "catch_up", full)
        pane = stage.app.screen
        assert isinstance(pane, ListingPane)
        pane.read_when_idle()
        await stage.settle()
        when_idle = stage.one(Notice).text
        await stage.press("slash")

        assert when_idle == ""
        assert stage.one(Notice).text == "The disk is full. Make room."


async def test_many_changes_are_read_a_few_times_and_the_last_one_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(subject="first")
    asked: list[object] = []
    window = ListDesk.window

    async with desk.show(start="drafts") as stage:

        def counted(self: ListDesk, *args: object) -> object:
            asked.append(args)
            return window(self, *args)  # type: ignore[arg-type]  # as given

        monkeypatch.setattr(ListDesk, "window", counted)
        for _ in range(50):
            stage.app.screen.post_message(WorkspaceChanged())
        await stage.settle()
        few = len(asked)
        desk.write(subject="last")
        await stage.until(lambda: "last" in listed(stage))

    assert few < AT_ONCE + 5


async def test_a_list_that_cannot_be_read_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(subject="first")

    def broken(_self: ListDesk, *_args: object) -> object:
        raise StoreError("The disk failed.", hint="Start again.")

    async with desk.show(start="drafts") as stage:
        monkeypatch.setattr(ListDesk, "window", broken)
        pane = stage.app.screen
        assert isinstance(pane, ListingPane)
        pane.reload()
        pane.reload()
        await stage.settle()

        assert stage.one(Notice).text == "The disk failed. Start again."
        assert listed(stage) == ["first"]


async def test_a_range_that_is_cut_is_told(desk: Desk) -> None:
    desk.write(subject="first")

    async with desk.show(start="drafts") as stage:
        table = stage.one(MailTable)
        table.post_message(MailTable.Marked(table, is_cut=True))
        await stage.until(lambda: "range ended" in stage.one(Notice).text)


async def test_a_mistake_while_a_list_is_read_does_not_keep_it_from_being_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(subject="first")
    window = ListDesk.window

    def broken(_self: ListDesk, *_args: object) -> object:
        raise ZeroDivisionError

    async with desk.show(start="drafts") as stage:
        monkeypatch.setattr(ListDesk, "window", broken)
        pane = stage.app.screen
        assert isinstance(pane, ListingPane)
        pane.reload()
        await stage.until(lambda: stage.app.mistakes, mistakes=1)
        monkeypatch.setattr(ListDesk, "window", window)
        stage.app.mistakes.clear()
        desk.write(subject="second")
        pane.reload()
        await stage.until(lambda: "second" in [r.subject for r in pane.table.rows])


async def test_what_is_read_meanwhile_is_found_when_it_was_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.tui.screens.listing_pane._STEPS_A_LOOK", 1)
    monkeypatch.setattr("tuimail.workspace.searching.LINES_A_STEP", 1)
    catch_up = SearchDesk.catch_up

    def slowly(self: SearchDesk) -> bool:
        return catch_up(self, 1)

    monkeypatch.setattr(SearchDesk, "catch_up", slowly)
    for number in range(4):
        desk.write(subject=f"Zanzibar {number}")

    async with desk.show(start="drafts") as stage:
        await narrow(stage, "zanzibar")
        await stage.until(lambda: note(stage) == "4 of 4")
