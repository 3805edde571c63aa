"""Mail being written: kept, gone on with, brought back; told on the screen."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from tests.tui.conftest import FIELDS, Desk, Stage
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.errors import FullDiskError
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import save_accounts
from tuimail.tui import placing
from tuimail.tui.placing import Place
from tuimail.tui.screens import writing
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.revisions import RevisionsScreen
from tuimail.tui.widgets.choosers import AccountChoice
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.picks import Picks
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.beginning import FirstDraft
from tuimail.workspace.views import Row
from tuimail.workspace.writing import WritingDesk


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "AUTOSAVE_SECONDS", 0.01)


def body(stage: Stage) -> TextArea:
    return stage.one(TextArea, "#text-part")


def pane(stage: Stage) -> ComposeScreen:
    screen = stage.app.panes["compose"]
    assert isinstance(screen, ComposeScreen)
    return screen


async def edit(stage: Stage, row: Row) -> None:
    stage.app.edit(row.id, back_to="")
    await stage.until(lambda: pane(stage).is_mounted)
    await stage.until(lambda: pane(stage).opened.id == row.id)
    await stage.settle()


async def kept(stage: Stage) -> None:
    """Wait until what was typed is stored."""
    await stage.until(lambda: not pane(stage)._keeper.is_dirty)
    await stage.settle()


def typed_into(
    desk: Desk, row: Row, text: str, *, place: str = "", seen: int = 0
) -> None:
    """Type into a draft in another window."""
    with desk.open() as workspace:
        revision = workspace.drafts.row(row.id).revision
        workspace.writing.keep(
            row.id, {"text": text}, revision=revision, seen=seen, place=place
        )


def revise(desk: Desk, row: Row, revision: int, draft: Draft) -> None:
    desk.do(lambda ws: ws.drafts.edit(row.id, draft, revision=revision))


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of a process that does not run any more, for who types next."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    monkeypatch.setattr("tuimail.workspace.writing.os.getpid", lambda: done.pid)
    return done.pid


async def test_typing_is_kept_and_leaving_the_pane_cuts_a_revision(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).insert("Good day. ", location=(0, 0))
        await kept(stage)
        desk.advance(125)
        pane(stage)._say_where()
        status = stage.text
        typed = desk.page(row.id)
        await stage.press("escape", "3")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    assert typed.row.revision == 1
    assert "saved 2 m · revision 1" in status
    assert desk.page(row.id).draft.body.text.startswith("Good day. Hi Ana")


async def test_a_dialog_over_the_pane_is_not_leaving_it(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).insert("x")
        await stage.press("f5")
        await stage.press("escape")
        await kept(stage)

        assert desk.row(row.id).revision == 1
        pane(stage)._cut()
        await stage.until(lambda: desk.row(row.id).revision == 2)


async def test_what_a_dead_program_left_is_opened_where_its_cursor_was(
    desk: Desk, ended: int
) -> None:
    text = "\n".join(f"line {number}" for number in range(60))
    row = desk.write()
    typed_into(desk, row, text, place="text 40 4 33")
    assert ended

    async with desk.show(start="compose") as stage:
        await stage.until(lambda: body(stage).text == text)
        await stage.settle()
        await stage.until(lambda: body(stage).scroll_offset.y > 0)
        cursor = body(stage).cursor_location
        is_seen = any("line 40" in line for line in stage.lines)
        has_focus = body(stage).has_focus

    assert (cursor, is_seen, has_focus) == ((40, 4), True, True)


async def test_what_a_dead_program_left_never_displaces_another_mail(
    desk: Desk, ended: int
) -> None:
    typed_into(desk, desk.write(), "left behind")
    assert ended

    async with desk.show() as stage:
        await stage.press("m")
        await stage.until_shown("was being written when tuimail ended")

        assert stage.one(MailForm).typed.is_blank


async def test_a_sender_that_is_gone_is_not_exchanged_without_a_word(
    desk: Desk,
) -> None:
    desk.save("work", "home")

    async with desk.show(start="compose") as stage:
        stage.one(AccountChoice).focus()
        await stage.press("space")
        desk.save("work")
        stage.one(MailForm).put("subject", "hello")
        await kept(stage)
        said = stage.one(Notice).text
        status = stage.text

    assert "mara@home.example cannot be sent from any more" in said
    assert "from mara@work.example now" in said
    assert "NOT SAVED" not in status
    assert desk.only("draft").draft.account == "work"


async def test_two_windows_write_over_nothing_of_each_other(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        typed_into(desk, row, "theirs")
        await stage.until(lambda: body(stage).text == "theirs")
        seen = pane(stage).opened.seen
        body(stage).load_text("theirs, and mine")
        await kept(stage)
        typed_into(desk, row, "theirs again", seen=seen + 1)
        body(stage).load_text("theirs, and mine, on")
        await stage.until(lambda: "Another window" in stage.one(Notice).text)
        status, here = stage.text, body(stage).text
        await stage.press("f2")
        await stage.until(lambda: len(desk.rows("draft")) == 2)

    with desk.open() as workspace:
        there = workspace.writing.begin(row.id).fields
    (mine,) = (one for one in desk.rows("draft") if one.id != row.id)
    assert "NOT SAVED" in status
    assert here == "theirs, and mine, on"
    assert there == {"text": "theirs again"}
    assert desk.page(mine.id).draft.body.text == "theirs, and mine, on"


async def test_what_was_typed_stays_when_the_draft_leaves_without_it(
    desk: Desk,
) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).load_text("said too late")
        await kept(stage)
        desk.do(lambda ws: ws.outbox.send(row.id, revision=1))
        await stage.until(lambda: "without what" in stage.one(Notice).text)
        text = body(stage).text
        await stage.press("f2")
        await stage.until(lambda: desk.rows("draft"))

    assert text == "said too late"
    assert desk.only("draft").draft.body.text == "said too late"


async def test_what_was_typed_before_somebody_elses_revision_is_told(
    desk: Desk,
) -> None:
    row = desk.write()
    typed_into(desk, row, "mine")
    draft = replace(desk.page(row.id).draft, subject="theirs")
    revise(desk, row, 1, draft)

    async with desk.show(start="compose", size=(100, 30)) as stage:
        await edit(stage, row)
        told = stage.one(Notice).text
        await stage.press("alt+r")
        await stage.until(lambda: isinstance(stage.app.screen, RevisionsScreen))
        await stage.until_shown("somebody else made")
        compared = stage.one(TextView, "#version").text
        await stage.press("enter")
        await stage.until(lambda: desk.row(row.id).revision == 3)
        await stage.settle()
        shown = stage.one(MailForm).typed

    assert "Somebody made revision 2" in told
    assert "mine" in compared
    assert (shown.text, shown.subject) == ("mine", FIELDS.subject)
    with desk.open() as workspace:
        assert workspace.writing.begin(row.id).earlier == ()


async def test_an_earlier_revision_is_compared_and_brought_back(desk: Desk) -> None:
    row = desk.write()
    draft = desk.page(row.id).draft
    revise(desk, row, 1, replace(draft, subject="Q4", cc=draft.to))
    revise(desk, row, 2, replace(draft, subject="Q5", cc=draft.to))

    async with desk.show(start="compose", size=(100, 30)) as stage:
        await edit(stage, row)
        await stage.press("escape", "R")
        await stage.until_shown("What revision 3 changed")
        changed = stage.one(TextView, "#version").text
        footer = stage.lines
        await stage.press("d")
        await stage.until_shown("This is what it says now.")
        await stage.press("j", "j")
        await stage.until_shown("What changed since")
        since = stage.one(TextView, "#version").text
        await stage.press("d")
        await stage.until_shown("the numbers are below")
        says = stage.one(TextView, "#version").text
        await stage.press("d")
        await stage.until_shown("The first version.")
        await stage.press("enter")
        await stage.until(lambda: desk.row(row.id).revision == 4)
        await stage.until_shown("Revision 1 is back, as revision 4.")

    assert "Q4" in changed
    assert "Q5" in changed
    assert not any("bring it back" in line for line in footer)
    assert "Q3 report" in since
    assert "Subject" in says
    assert desk.page(row.id).draft == draft


async def test_there_are_no_revisions_of_what_was_never_stored(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await stage.press("alt+r")
        await stage.until_shown("Nothing of this mail is stored yet.")


# The signature --------------------------------------------------------------------


def sign(desk: Desk) -> None:
    accounts = [
        AccountSettings(
            name=name,
            provider="fake",
            address=parse_address(f"Mara Lin <mara@{name}.example>", field="from"),
            signature=signature,
        )
        for name, signature in (("work", "Mara Lin\nSales"), ("home", "M."))
    ]
    save_accounts(desk.config.with_name("accounts.toml"), accounts, "work")


async def test_the_signature_follows_from_and_is_never_there_twice(desk: Desk) -> None:
    sign(desk)

    async with desk.show(start="compose") as stage:
        await stage.until(lambda: "Sales" in body(stage).text)
        begun = body(stage).text
        is_blank = pane(stage).is_blank
        body(stage).focus()
        await stage.press("H", "i")
        stage.one(AccountChoice).focus()
        await stage.press("space")
        await stage.until(lambda: "M." in body(stage).text)
        other, cursor = body(stage).text, body(stage).cursor_location
        await stage.press("alt+g")
        again = body(stage).text
        await stage.press("alt+g")
        without = body(stage).text
        await stage.press("space")
        still_without = body(stage).text
        await stage.press("alt+g")
        back = body(stage).text
        await kept(stage)

    assert begun == "\n-- \nMara Lin\nSales\n"
    assert is_blank
    assert (other, cursor) == ("Hi\n-- \nM.\n", (0, 2))
    assert again == "Hi\n-- \nMara Lin\nSales\n"
    assert without == still_without == "Hi\n"
    assert back == "Hi\n\n-- \nMara Lin\nSales\n"


async def test_what_is_signed_by_hand_is_left_alone(desk: Desk) -> None:
    sign(desk)
    row = desk.write(text="Hi\n\n-- \nM. L., in haste\n", is_signed=False)

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        stage.one(AccountChoice).focus()
        await stage.press("space", "alt+g")
        text = body(stage).text
        is_shown = stage.one(Input, "#subject").value

    assert text == "Hi\n\n-- \nM. L., in haste\n"
    assert is_shown == FIELDS.subject


# Templates ------------------------------------------------------------------------


def templates(desk: Desk, **texts: str) -> None:
    folder = desk.config.with_name("templates")
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


async def test_a_template_is_chosen_its_blanks_asked_for_and_put_in(desk: Desk) -> None:
    sign(desk)
    templates(
        desk,
        week="From: M. <m@home.example>\nTo: {{ who }} <ana@example.net>\n"
        "Subject: Week {{ week }}\n\nHi {{ who }},\n\nbye\n",
        zeal="\nMany thanks!\n",
    )

    async with desk.show(start="compose") as stage:
        await stage.until(lambda: "Sales" in body(stage).text)
        await stage.press("f8")
        await stage.until_shown("snippet: Many thanks!")
        await stage.press("enter")
        await stage.until_shown("What stands in the blanks of week.txt?")
        await stage.type_in("Ana")
        await stage.press("enter", "enter")
        await stage.until(lambda: "Hi Ana" in body(stage).text)
        typed, told = stage.one(MailForm).typed, stage.one(Notice).text
        body(stage).move_cursor((1, 0))
        await stage.press("f8")
        await stage.until_shown("snippet: Many thanks!")
        await stage.press("z", "enter")
        await stage.until(lambda: "thanks" in body(stage).text)
        text = body(stage).text
        await stage.press("f2")
        await stage.until(lambda: desk.rows("draft"))

    assert typed.to == "Ana <ana@example.net>"
    assert typed.subject == "Week {{ week }}"
    assert typed.text == "Hi Ana,\n\nbye\n\n-- \nMara Lin\nSales\n"
    assert "From of the template is left out" in told
    assert text.startswith("Hi Ana,\nMany thanks!\n\nbye\n")
    assert "text.placeholder" in {one.code for one in desk.only("draft").findings}


_BOTH = "jim-bo@example.net, bo@example.net"


async def test_a_template_goes_behind_what_stands_there_already(desk: Desk) -> None:
    templates(desk, plain="To: ana@example.net\nCc: bo@example.net\nSubject: x\n\ny\n")

    async with desk.show(start="compose") as stage:
        form = stage.one(MailForm)
        form.put("to", "ana@example.net")
        form.put("cc", "jim-bo@example.net")
        form.put("subject", "mine")
        await stage.press("f8")
        await stage.until_shown("plain.txt")
        await stage.press("enter")
        await stage.until(lambda: form.typed.text)
        typed = form.typed

    assert (typed.to, typed.cc) == ("ana@example.net", _BOTH)
    assert (typed.subject, typed.text) == ("mine", "y\n")


async def test_a_template_that_cannot_be_used_says_why(desk: Desk) -> None:
    templates(
        desk,
        loop="\n{% for x in 3 %}{% endfor %}",
        odd="X-Odd: 1\n\nx",
        sum="\n{{ a + 1 }}",
    )

    async with desk.show(start="compose") as stage:
        await stage.press("f8")
        await stage.until_shown("cannot be used")
        await stage.press("j")
        await stage.until_shown("X-Odd is none of")
        await stage.press("enter", "j", "enter")
        await stage.until_shown("What stands in the blanks of sum.txt?")
        await stage.press("ctrl+s")
        await stage.until_shown("Template sum.txt, line 2")
        await stage.press("escape", "f8")
        await stage.until_shown("cannot be used")
        await stage.press("enter")
        await stage.until(lambda: "loop.txt" in stage.one(Notice).text)

        assert stage.one(MailForm).typed.is_blank


async def test_without_templates_it_says_where_they_belong(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await stage.press("f8")
        await stage.until_shown("There are no templates yet.")
        assert str(desk.config.parent) in stage.one(Notice).text.replace("\n", "")


async def test_a_template_in_markdown_makes_the_mail_markdown(desk: Desk) -> None:
    templates(desk, plain="\ny\n")
    folder = desk.config.with_name("templates")
    (folder / "bold.md").write_text("\n**{{ row.a }}**\n")
    (folder / "page.html").write_text("Subject: Page\n\n<p>page</p>\n")

    async with desk.show(start="compose") as stage:
        form = stage.one(MailForm)
        await stage.press("f8")
        await stage.until_shown("bold.md")
        await stage.press("enter")
        await stage.until_shown("What stands in the blanks")
        await stage.type_in("x_y")
        await stage.press("ctrl+s")
        await stage.until(lambda: form.typed.text)
        marked = form.typed
        await stage.press("f8")
        await stage.until_shown("page.html")
        await stage.press("j", "enter")
        await stage.until(lambda: "is HTML" in stage.one(Notice).text)
        after = form.typed
        stage.app.write_new()
        await stage.until(lambda: form.typed.is_blank)
        await stage.press("f8")
        await stage.until_shown("page.html")
        await stage.press("j", "enter")
        await stage.until(lambda: form.typed.html)
        page = form.typed

    assert (marked.text.strip(), marked.is_markdown) == (r"**x\_y**", True)
    assert (after.subject, after.html) == ("Page", "")
    assert (page.subject, page.html, page.is_markdown) == (
        "Page",
        "<p>page</p>\n",
        False,
    )


async def test_a_body_too_long_to_be_edited_takes_no_template(desk: Desk) -> None:
    templates(desk, plain="\ny\n")
    row = desk.write(text="x" * 60_000)

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f8")
        await stage.until_shown("plain.txt")
        await stage.press("enter")
        await stage.until(
            lambda: "too long to be edited here." in stage.one(Notice).text
        )

        assert not pane(stage)._keeper.is_dirty
        await edit(stage, desk.write(text="short"))
        form = stage.one(MailForm)
        is_long_in, is_short_in = (
            form.insert("text", "y" * 60_000),
            form.insert("text", "y"),
        )

    assert (is_long_in, is_short_in) == (False, True)


# The cursor, the mouse, and small things -------------------------------------------


async def test_the_cursor_of_a_line_comes_back_with_the_draft(desk: Desk) -> None:
    first, other = desk.write(subject="Plan B"), desk.write(subject="other")

    async with desk.show(start="compose") as stage:
        await edit(stage, first)
        subject = stage.one(Input, "#subject")
        subject.focus()
        await stage.press("end", "left")
        await stage.press("X")
        await kept(stage)
        await edit(stage, other)
        stage.one(MailForm).focus_on("to")
        await edit(stage, first)
        await stage.until(lambda: subject.has_focus)
        await stage.until(lambda: subject.cursor_position == len("Plan X"))
        await stage.press("Y")
        value = subject.value

    assert value == "Plan XYB"


@pytest.mark.parametrize("text", ["", "text", "text 1 2", "text a b c", "text 1 2 -3"])
def test_a_place_that_nobody_wrote_is_the_beginning(text: str) -> None:
    assert placing.read(text) == Place()


def test_a_place_is_kept_as_text() -> None:
    place = Place(field="html", row=3, column=2, top=1)

    assert placing.read(place.text) == place


async def test_versions_and_templates_are_chosen_with_the_mouse_too(desk: Desk) -> None:
    templates(desk, plain="\ny\n")
    row = desk.write()
    revise(desk, row, 1, replace(desk.page(row.id).draft, subject="Q4"))

    async with desk.show(start="compose", size=(100, 30)) as stage:
        await edit(stage, row)
        await stage.press("alt+r")
        await stage.until_shown("What revision 2 changed")
        await stage.pilot.click(Picks, offset=(3, 0))
        await stage.settle()
        is_open = isinstance(stage.app.screen, RevisionsScreen)
        await stage.press("escape", "alt+r")
        await stage.until_shown("What revision 2 changed")
        await stage.pilot.click(Picks, offset=(3, 1))
        await stage.pilot.click(Picks, offset=(3, 1))
        await stage.until(lambda: desk.row(row.id).revision == 3)
        await stage.press("f8")
        await stage.until_shown("plain.txt")
        await stage.pilot.click(Picks, offset=(3, 0))
        await stage.until(lambda: "y" in body(stage).text)

    assert is_open
    assert desk.page(row.id).draft.subject == FIELDS.subject


async def test_only_a_text_of_words_is_signed(desk: Desk) -> None:
    """A mail in HTML has its signature from who wrote it; a long one is not edited."""
    sign(desk)
    with desk.open() as workspace:
        html = workspace.drafts.compose(
            replace(FIELDS, text="", html="<p>x</p>", makes_text=False, is_signed=False)
        )
    long = desk.write(text="x" * 60_000, is_signed=False)

    async with desk.show(start="compose") as stage:
        stage.app.writing.write(FirstDraft(draft=html))
        await stage.until(lambda: stage.one(MailForm).typed.html)
        of_html = stage.one(MailForm).typed.text
        await edit(stage, long)
        before = stage.one(MailForm).typed.text
        await stage.press("alt+g")
        after = stage.one(MailForm).typed.text

    assert of_html == ""
    assert after == before


async def test_the_cursor_below_a_signature_stays_below_it(desk: Desk) -> None:
    sign(desk)
    row = desk.write(text="Hi\n\n-- \nM.\n\nbelow\n", is_signed=False)

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).move_cursor((5, 3))
        await stage.press("alt+g")
        text, cursor = body(stage).text, body(stage).cursor_location

    assert text == "Hi\n\nbelow\n"
    assert cursor == (2, 3)


async def test_what_the_disk_did_not_take_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "AGAIN_SECONDS", 0.05)
    row = desk.write()
    full = [True]

    def keep(desk: WritingDesk, *given: Any, **named: Any) -> int:
        if full:
            raise FullDiskError("The disk is full.")
        return real(desk, *given, **named)

    real = WritingDesk.keep
    monkeypatch.setattr(WritingDesk, "keep", keep)
    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        stage.one(Input, "#subject").focus()
        await stage.press("x")
        await stage.until(lambda: "The disk is full." in stage.one(Notice).text)
        await stage.until_shown("NOT SAVED")
        told, has_focus = stage.text, stage.one(Input, "#subject").has_focus
        full.clear()
        await stage.until(lambda: not pane(stage)._keeper.is_dirty)
        await stage.settle()
        after = stage.text

    assert "NOT SAVED" in told
    assert has_focus
    assert "NOT SAVED" not in after
    assert "The disk is full" not in after
