"""The Compose pane: writing, keeping, attaching, previewing, sending."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import MouseDown, MouseUp, Paste
from textual.widgets import Input, TextArea

from tests.tui.conftest import FIELDS, MARA, UNDO, Desk, Stage
from tuimail.core.draft import Body
from tuimail.tui.editing import Saved
from tuimail.tui.screens import writing
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.lists import DraftsScreen, OutboxScreen
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.screens.path import PathScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.typed_ahead import CLICKED_EARLY
from tuimail.tui.widgets.address_field import AddressField
from tuimail.tui.widgets.choosers import AccountChoice
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.file_list import FileList
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.beginning import FirstDraft
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.writing import Accountless


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "AUTOSAVE_SECONDS", 0.05)
    monkeypatch.setattr(writing, "LOOK_SECONDS", 0.05)


def shows(stage: Stage, kind: type[object]) -> bool:
    return isinstance(stage.app.screen, kind)


def body(stage: Stage) -> TextArea:
    return stage.one(TextArea, "#text-part")


async def fill(stage: Stage, to: str = "ana@example.net", text: str = "Hi Ana") -> None:
    stage.one(AddressField, "#to").value = to
    stage.one(Input, "#subject").value = "Q3 report"
    body(stage).focus()
    body(stage).insert(text)
    await stage.settle()


def left_without_an_account(desk: Desk) -> Accountless | None:
    with desk.open() as workspace:
        return workspace.writing.take_accountless()


async def kept(stage: Stage) -> Row:
    """Wait until what was typed is stored, and return its row."""
    screen = stage.app.panes["compose"]
    assert isinstance(screen, ComposeScreen)
    await stage.until(lambda: screen.is_mounted and not screen._keeper.is_dirty)
    return stage.desk.row(screen.opened.id)


async def edit(stage: Stage, row: Row) -> None:
    stage.app.edit(row.id, back_to="")
    screen = stage.app.panes["compose"]
    assert isinstance(screen, ComposeScreen)
    await stage.until(lambda: screen.is_mounted and screen.opened.id == row.id)
    await stage.settle()


async def test_what_is_typed_is_stored_without_being_asked(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        row = await kept(stage)

    draft = desk.page(row.id).draft
    assert row.status == "draft"
    assert [one.text for one in draft.to] == ["ana@example.net"]
    assert (draft.subject, draft.body.text) == ("Q3 report", "Hi Ana")
    assert draft.account == "work"
    assert row.origin.actor == MARA


async def test_saving_again_makes_a_revision_of_the_same_draft(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        first = await kept(stage)
        body(stage).insert(", hello")
        await stage.press("f2")
        await stage.until(lambda: desk.row(first.id).revision == first.revision + 1)
        second = await kept(stage)

    assert second.id == first.id
    assert len(desk.rows("draft")) == 1


async def test_half_an_address_is_left_out_and_the_rest_is_stored(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage, to="bob@example.net, ana@")
        row = await kept(stage)
        still_typed = stage.one(AddressField, "#to").value

    draft = desk.page(row.id).draft
    assert [one.text for one in draft.to] == ["bob@example.net"]
    assert draft.body.text == "Hi Ana"
    assert still_typed == "bob@example.net, ana@"


async def test_a_bad_address_names_its_field_when_it_is_to_be_sent(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage, to="ana@")
        await stage.press("ctrl+s")
        await stage.until(lambda: "ana@" in stage.one(Notice).text)
        focused = stage.app.focused
        text = body(stage).text

    assert focused is not None
    assert focused.id == "to"
    assert text == "Hi Ana"
    assert desk.rows("ready") == ()


async def test_nobody_is_asked_about_a_mail_without_what_was_typed_on(
    desk: Desk,
) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await kept(stage)
        screen, stored = stage.app.writing, list[Saved]()
        screen._keeper.store(stored.append, screen.refused, strict=True)
        await stage.until(lambda: stored)
        screen.form.put("subject", "Q3 report, without numbers")
        screen._ask_release(stored[0])
        await stage.until(lambda: "typed on meanwhile" in stage.one(Notice).text)
        screen._filling_in._mail_number = -1
        screen._filling_in._put(Fields(text="A template for another mail"))
        await stage.until(lambda: "was not put in" in stage.one(Notice).text)
        let_keys_go = stage.app.ahead.hold()
        for kind in (MouseDown, MouseUp):
            where = stage.one(AddressField, "#cc").region.offset
            stage.app.post_message(
                kind(
                    None,
                    *where,
                    delta_x=0,
                    delta_y=0,
                    button=1,
                    shift=False,
                    meta=False,
                    ctrl=False,
                )
            )
        await stage.until(lambda: stage.one(Notice).text == CLICKED_EARLY)
        focused = stage.app.focused
        let_keys_go()

    assert focused is not None
    assert focused.id == "text-part"
    assert desk.only("draft").draft.body.text == "Hi Ana"


async def test_a_mail_for_nobody_is_not_sent_and_the_cursor_goes_to_to(
    desk: Desk,
) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage, to="")
        await stage.press("ctrl+s")
        await stage.until(lambda: stage.one(Notice).text)
        focused = stage.app.focused
        shown = shows(stage, ComposeScreen)

    assert focused is not None
    assert focused.id == "to"
    assert shown


async def test_sending_asks_first_and_then_shows_the_outbox(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("ctrl+s")
        await stage.until(lambda: shows(stage, ReleaseScreen))
        before = desk.rows("ready")
        await stage.press("y")
        await stage.until(lambda: shows(stage, OutboxScreen))
        await stage.until_shown("leaves in")
        (row,) = desk.rows("ready")
        selected = stage.one(MailTable).selected
        form = stage.app.panes["compose"].query_one(MailForm).typed

    assert before == ()
    assert selected == row.id
    assert form.is_blank


async def test_the_undo_key_opens_the_mail_for_editing_again(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("ctrl+s")
        await stage.until(lambda: shows(stage, ReleaseScreen))
        await stage.press("y")
        await stage.until_shown("take back")
        await stage.press("u")
        await stage.until(lambda: shows(stage, ComposeScreen))
        await stage.until(lambda: body(stage).text == "Hi Ana")

    assert [row.status for row in desk.rows("draft")] == ["draft"]
    assert desk.rows("ready") == ()


async def test_undo_works_from_within_a_field(desk: Desk) -> None:
    released = desk.release(undo=UNDO)

    async with desk.show(start="compose") as stage:
        await stage.until_shown("Alt-u take back")
        stage.one(AddressField, "#to").focus()
        await stage.press("alt+u")
        await stage.until(lambda: desk.row(released.id).status == "draft")


async def test_what_comes_back_does_not_displace_what_is_being_written(
    desk: Desk,
) -> None:
    released = desk.release(undo=UNDO, subject="taken back")

    async with desk.show(start="compose") as stage:
        await fill(stage)
        stage.one(Input, "#subject").value = "being written"
        await kept(stage)
        await stage.press("alt+u")
        await stage.until(lambda: desk.row(released.id).status == "draft")
        await stage.until(lambda: shows(stage, DraftsScreen))
        typed = stage.app.panes["compose"].query_one(MailForm).typed

    assert typed.subject == "being written"


async def test_a_file_is_attached_and_taken_off_again(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("numbers")

    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("f5")
        await stage.until(lambda: shows(stage, PathScreen))
        await stage.type_in(str(file))
        await stage.press("enter")
        await stage.until(lambda: stage.app.pane is stage.app.screen)
        await stage.until(lambda: stage.one(FileList).files)
        row = await kept(stage)
        attached = desk.page(row.id).draft.attachments
        stage.one(FileList).focus()
        await stage.press("d")
        await kept(stage)

    assert [(one.name, one.size_bytes) for one in attached] == [("report.txt", 7)]
    assert desk.page(row.id).draft.attachments == ()


async def test_a_name_that_had_to_be_changed_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "what?.txt"
    file.write_text("numbers")

    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("f5")
        await stage.until(lambda: shows(stage, PathScreen))
        await stage.type_in(str(file))
        await stage.press("enter")
        await stage.until(lambda: stage.app.pane is stage.app.screen)
        await stage.until(lambda: stage.one(FileList).files)
        (attached,) = stage.one(FileList).files
        await stage.until_shown("not every system takes")

        assert attached.name == "what_.txt"


async def test_a_missing_file_is_named_and_its_path_can_be_mended(
    desk: Desk, tmp_path: Path
) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("ctrl+t")
        await stage.until(lambda: shows(stage, PathScreen))
        await stage.type_in(str(tmp_path / "gone.pdf"))
        await stage.press("enter")
        await stage.until_shown("gone.pdf")
        await stage.until(lambda: stage.one(Input).value)
        typed = stage.one(Input).value
        await stage.press("escape")
        text = body(stage).text

    assert typed == str(tmp_path / "gone.pdf")
    assert text == "Hi Ana"


async def test_one_of_several_files_is_chosen_with_the_arrows(
    desk: Desk, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    row = desk.write(attachments=(tmp_path / "a.txt", tmp_path / "b.txt"))

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        stage.one(FileList).focus()
        await stage.press("right", "delete")
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    names = [one.name for one in desk.page(row.id).draft.attachments]
    assert names == ["a.txt"]


async def test_the_preview_shows_what_the_receiver_will_see(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("f6")
        await stage.until(lambda: stage.one(Detail).display)
        await stage.until(lambda: "Hi Ana" in stage.one(TextView, "#text").text)
        await stage.press("l", "l")
        headers = stage.one(TextView, "#text").text
        await stage.press("h", "h", "escape")
        focused = stage.app.focused

    assert "To: ana@example.net" in headers
    assert focused is not None
    assert focused.id == "text-part"


async def test_the_preview_stands_beside_the_editor_and_follows_it(
    desk: Desk,
) -> None:
    async with desk.show(start="compose", size=(130, 40)) as stage:
        await fill(stage)
        await stage.press("f6")
        await stage.until(lambda: "Hi Ana" in stage.one(TextView, "#text").text)
        body(stage).insert(", good morning")
        await stage.until(lambda: "good morning" in stage.one(TextView, "#text").text)
        await stage.press("f6")
        is_shown = stage.one(Detail).display

    assert not is_shown


async def test_the_preview_of_a_mail_for_nobody_says_why(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage, to="")
        await stage.press("f6")
        await stage.until(lambda: "cannot be sent yet" in stage.text)


async def test_saving_confirms_and_the_draft_is_found_again(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("ctrl+o")
        await stage.until_shown("kept as a draft")
        await stage.press("f3")
        await stage.until(lambda: shows(stage, DraftsScreen))
        await stage.until(lambda: len(stage.one(MailTable).rows) == 1)
        await stage.press("e")
        await stage.until(lambda: shows(stage, ComposeScreen))


async def test_saving_half_an_address_says_what_was_left_out(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage, to="ana@")
        await stage.press("ctrl+o")
        await stage.until(lambda: "ana@" in stage.one(Notice).text)
        focused = stage.app.focused

    assert focused is not None
    assert focused.id == "to"
    assert len(desk.rows("draft")) == 1


async def test_an_emptied_body_never_overwrites_one_with_text(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).load_text("")
        stage.one(Input, "#subject").value = "changed"
        await stage.pilot.pause(0.1)
        await stage.settle()

    page = desk.page(row.id)
    assert page.row.revision == 1
    assert page.draft.body.text == FIELDS.text


async def test_a_body_nobody_edited_keeps_its_bytes(desk: Desk) -> None:
    text = "one\r\ntwo\n\x0cthree\u2028four\u0085five \nsix"
    with desk.open() as workspace:
        draft = workspace.drafts.compose(FIELDS)
        row = workspace.drafts.new(replace(draft, body=Body(text=text)))

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        stage.one(Input, "#subject").value = "changed"
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    assert desk.page(row.id).draft.body.text == text


async def test_an_edited_body_keeps_the_lines_nobody_edited(desk: Desk) -> None:
    text = "one\r\ntwo\n\x0cthree\u2028four\nfive"
    with desk.open() as workspace:
        draft = workspace.drafts.compose(FIELDS)
        row = workspace.drafts.new(replace(draft, body=Body(text=text)))

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).insert("2", location=(1, 0))
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    changed = "one\r\n2two\n\x0cthree\u2028four\nfive"
    assert desk.page(row.id).draft.body.text == changed


async def test_what_compose_does_not_show_is_kept(desk: Desk) -> None:
    row = desk.write(
        html="<p>Hi</p>",
        headers=(("X-Ticket", "7"),),
        in_reply_to="<1@example.net>",
        reply_to=("desk@example.org",),
    )
    before = desk.page(row.id).draft

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        stage.one(Input, "#subject").value = "changed"
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    assert desk.page(row.id).draft == replace(before, subject="changed")


async def test_the_html_part_can_be_edited_too(desk: Desk) -> None:
    row = desk.write(html="<p>Hi</p>")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("alt+o")
        html = stage.one(TextArea, "#html-part")
        html.load_text("<p>Hello</p>")
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)
        shown = stage.text

    assert desk.page(row.id).draft.body.html == "<p>Hello</p>"
    assert "HTML · " in shown
    assert "has a text and an HTML part" in shown


async def test_a_mail_with_html_only_opens_in_its_html(desk: Desk) -> None:
    row = desk.write(text="", html="<p>Hi</p>")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        html = stage.one(TextArea, "#html-part")

        assert html.display
        assert html.has_focus


async def test_another_account_changes_the_sender(desk: Desk) -> None:
    desk.save("work", "home")

    async with desk.show(start="compose") as stage:
        await fill(stage)
        stage.one(AccountChoice).focus()
        await stage.press("space", "f2")
        row = await kept(stage)

    draft = desk.page(row.id).draft
    assert draft.account == "home"
    assert draft.sender.text == "mara@home.example"


async def test_changing_the_account_of_a_draft_changes_who_it_is_from(
    desk: Desk,
) -> None:
    desk.save("work", "home")
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        stage.one(AccountChoice).focus()
        await stage.press("left")
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    draft = desk.page(row.id).draft
    assert draft.sender.text == "mara@home.example"
    assert draft.body.text == FIELDS.text


async def test_what_is_written_before_there_is_an_account_is_stored_with_it(
    desk: Desk,
) -> None:
    desk.save()

    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.until_shown("a draft once there is an account")
        before = stage.text
        desk.save("work")
        stage.app.workspace_changed()
        await stage.until(lambda: desk.rows("draft"))
        await kept(stage)
        after = stage.text

    assert "NOT SAVED" not in before
    assert "once there is an account" not in after
    assert desk.only("draft").draft.body.text == "Hi Ana"
    assert left_without_an_account(desk) is None


async def test_what_is_written_before_there_is_an_account_outlives_the_app(
    desk: Desk,
) -> None:
    desk.save()
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("ctrl+q")
        await stage.until(lambda: stage.app._exit)
    async with desk.show(start="compose") as stage:
        await stage.until(lambda: stage.one(MailForm).typed.text == "Hi Ana")
        again = stage.one(MailForm).typed
    desk.save("work")
    async with desk.show(start="compose") as stage:
        await stage.until(lambda: desk.rows("draft"))
        await kept(stage)

    assert again.to == "ana@example.net"
    assert desk.only("draft").draft.body.text == "Hi Ana"


async def test_without_an_account_no_second_mail_takes_the_place_of_the_first(
    desk: Desk,
) -> None:
    desk.save()

    async with desk.show(start="compose") as stage:
        await fill(stage)
        stage.app.write_new()
        await stage.until(lambda: "F9 adds one" in stage.one(Notice).text)
        said, typed = stage.one(Notice).text, stage.one(MailForm).typed

    assert "There is no account to send from yet" in said
    assert typed.text == "Hi Ana"


async def test_what_is_thrown_away_without_an_account_does_not_come_back(
    desk: Desk,
) -> None:
    desk.save()

    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.until_shown("a draft once there is an account")
        await stage.press("escape", "X", "y")
        await stage.until(lambda: stage.one(MailForm).typed.is_blank)
        await stage.settle()

    assert left_without_an_account(desk) is None


async def test_that_files_are_not_kept_without_an_account_is_said(desk: Desk) -> None:
    desk.save()
    path = desk.root.with_name("q3.txt")
    path.write_text("numbers")
    with desk.open() as workspace:
        attachment, _ = workspace.drafts.attach(path)

    async with desk.show(start="compose") as stage:
        await fill(stage)
        stage.one(MailForm).attach(attachment)
        await stage.until_shown("its files are not kept")


async def test_a_draft_of_an_account_that_is_gone_keeps_its_sender(
    desk: Desk,
) -> None:
    row = desk.write()
    desk.save("home")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        chosen = stage.one(AccountChoice).account
        shown = stage.text

    assert chosen == "work"
    assert "mara@work.example" in shown


async def test_a_new_mail_keeps_the_one_before_as_a_draft(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        await stage.press("escape", "m")
        await stage.until(lambda: body(stage).text == "")

    assert desk.only("draft").draft.subject == "Q3 report"


async def test_a_draft_that_was_changed_elsewhere_is_kept_as_a_new_one(
    desk: Desk,
) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        body(stage).insert("mine: ")
        draft = replace(desk.page(row.id).draft, subject="theirs")
        desk.do(lambda ws: ws.drafts.edit(row.id, draft, revision=1))
        await stage.until(lambda: "somebody else" in stage.one(Notice).text)
        await stage.press("ctrl+o")
        await stage.until(lambda: len(desk.rows("draft")) == 2)

    texts = {desk.page(one.id).draft.body.text for one in desk.rows("draft")}
    assert texts == {FIELDS.text, f"mine: {FIELDS.text}"}


async def test_a_change_made_elsewhere_is_shown_when_nothing_was_typed(
    desk: Desk,
) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        draft = replace(desk.page(row.id).draft, subject="theirs")
        desk.do(lambda ws: ws.drafts.edit(row.id, draft, revision=1))
        await stage.until(lambda: stage.one(Input, "#subject").value == "theirs")


async def test_a_draft_that_left_meanwhile_is_not_shown_any_more(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        desk.do(lambda ws: ws.outbox.send(row.id, revision=1))
        await stage.until(lambda: body(stage).text == "")


async def test_throwing_away_asks_first(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("escape", "X")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        await stage.press("n")
        await stage.until(lambda: shows(stage, ComposeScreen))
        after_no = desk.row(row.id).status
        await stage.press("X")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "discarded")

    assert after_no == "draft"


async def test_single_keys_are_typed_in_a_field_and_work_outside(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await stage.press("1", "q")
        typed = stage.one(AddressField, "#to").value
        await stage.press("escape", "3")
        await stage.until(lambda: shows(stage, OutboxScreen))

    assert typed == "1q"


async def test_enter_goes_to_the_next_field(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await stage.press("enter")
        focused = stage.app.focused

    assert focused is not None
    assert focused.id == "cc"


async def test_a_very_long_body_is_shown_and_not_edited(desk: Desk) -> None:
    row = desk.write(text="x" * 60_000)

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.until(lambda: "too long" in stage.one(Notice).text)
        is_read_only = body(stage).read_only

    assert is_read_only


async def test_the_app_begins_with_a_draft_it_is_given(desk: Desk) -> None:
    with desk.open() as workspace:
        draft = workspace.drafts.compose(FIELDS)

    async with desk.show(start="compose", first=FirstDraft(draft=draft)) as stage:
        await stage.until(lambda: body(stage).text == FIELDS.text)
        to = stage.one(AddressField, "#to").value

    assert to == "Ana Novák <ana@example.net>"
    assert desk.rows("draft") == ()


async def test_an_address_with_stand_ins_is_kept_when_it_was_not_touched(
    desk: Desk,
) -> None:
    row = desk.write(subject="a\u202eb")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        shown = stage.one(Input, "#subject").value
        body(stage).insert("x")
        await stage.press("f2")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    assert "\u202e" not in shown
    assert desk.page(row.id).draft.subject == "a\u202eb"


async def test_a_subject_mail_cannot_carry_is_left_out_and_the_rest_kept(
    desk: Desk,
) -> None:
    async with desk.show(start="compose") as stage:
        await fill(stage)
        stage.one(Input, "#subject").value = "a\x1bb"
        row = await kept(stage)
        await stage.press("ctrl+s")
        await stage.until(lambda: "subject" in stage.one(Notice).text.lower())
        focused = stage.app.focused

    assert desk.page(row.id).draft.body.text == "Hi Ana"
    assert focused is not None
    assert focused.id == "subject"


async def test_a_list_that_is_pasted_line_by_line_is_taken_whole(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        field = stage.one(AddressField, "#to")
        field.focus()
        await stage.settle()
        stage.app.post_message(Paste("a@b.example\nc@d.example\r\n\nE <e@f.example>\n"))
        await stage.until(lambda: field.value)

    assert field.value == "a@b.example, c@d.example, E <e@f.example>"


async def test_typing_without_a_pause_is_saved_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer that every key starts anew never ends while one types."""
    monkeypatch.setattr(writing, "AUTOSAVE_SECONDS", 60)
    async with desk.show(start="compose") as stage:
        await fill(stage)
        screen = stage.app.panes["compose"]
        assert isinstance(screen, ComposeScreen)
        await stage.until(lambda: screen._autosave)
        timer = screen._autosave

        stage.one(Input, "#subject").value = "still typing"
        await stage.settle()

        assert screen._autosave is timer


async def test_html_that_is_written_here_gets_a_text_part(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        stage.one(AddressField, "#to").value = "ana@example.net"
        stage.one(TextArea, "#html-part").load_text("<p>Hello <b>Ana</b></p>")
        await stage.settle()
        first = await kept(stage)
        made = desk.page(first.id).draft.body
        stage.one(TextArea, "#html-part").load_text("<p>Good day</p>")
        await stage.press("f2")
        second = await kept(stage)
        again = desk.page(second.id).draft.body
        stage.one(TextArea, "#text-part").load_text("My own words")
        await stage.press("f2")
        third = await kept(stage)

    assert (made.text, made.is_text_made) == ("Hello Ana\n", True)
    assert (again.text, again.is_text_made) == ("Good day\n", True)
    own = desk.page(third.id).draft.body
    assert (own.text, own.is_text_made) == ("My own words", False)
