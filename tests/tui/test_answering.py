"""Mail that begins from another one: answered, handed on, from a link."""

from pathlib import Path

from textual.widgets import Input

from tests.tui.conftest import Desk, Stage
from tuimail.core.address import parse_address
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import save_accounts
from tuimail.settings.identities import Identity
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.lists import SentScreen
from tuimail.tui.screens.path import PathField, PathScreen
from tuimail.tui.widgets.choosers import AccountChoice
from tuimail.tui.widgets.command_line import CommandLine
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.workspace.beginning import FirstDraft

MAIL = (
    b"From: Ana <ana@example.net>\nTo: sales@home.example\nSubject: Re: Q3\n"
    b"Message-ID: <3@x>\nReferences: <1@x> <2@x>\n\nHi\n"
)


def with_identities(desk: Desk) -> None:
    """Have a second account that sends as two."""
    work, home = (
        AccountSettings(
            name=name,
            provider="fake",
            address=parse_address(f"Mara Lin <mara@{name}.example>", field="from"),
            others=(Identity(address=parse_address(other, field="from")),)
            if other
            else (),
        )
        for name, other in (("work", ""), ("home", "Sales <sales@home.example>"))
    )
    save_accounts(desk.config.with_name("accounts.toml"), (work, home), "work")


async def enter(stage: Stage, text: str) -> None:
    """Type a command, as slowly as people do."""
    await stage.press("colon")
    stage.one(CommandLine).query_one(Input).value = text
    await stage.press("enter")


async def composing(stage: Stage) -> MailForm:
    await stage.until(lambda: isinstance(stage.app.screen, ComposeScreen))
    form = stage.one(MailForm)
    await stage.until(lambda: form.typed.subject)
    return form


async def test_a_sent_mail_is_gone_on_with_or_handed_on(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "q3.csv").write_text("1,2")
    await desk.sent(cc=("bo@example.org",), attachments=(tmp_path / "q3.csv",))

    async with desk.show(start="sent") as stage:
        await stage.until(lambda: stage.one(MailTable).rows)
        await stage.press("R")
        form = await composing(stage)
        answer = form.typed
        await stage.press("escape", "4")
        await stage.until(lambda: isinstance(stage.app.screen, SentScreen))
        await stage.press("f")
        await stage.until(lambda: form.typed.subject.startswith("Fwd"))
        handed_on = form.typed

    assert answer.to == "Ana Novák <ana@example.net>"
    assert answer.cc == "bo@example.org"
    assert (answer.subject, answer.files) == ("Re: Q3 report", ())
    assert "> the numbers are below." in answer.text
    assert (handed_on.to, handed_on.subject) == ("", "Fwd: Q3 report")
    assert [one.name for one in handed_on.files] == ["q3.csv"]


async def test_a_mail_in_review_is_handed_on_in_ones_own(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        await stage.until(lambda: stage.one(MailTable).rows)
        await stage.press("f")
        form = await composing(stage)
        typed = form.typed

    assert typed.subject == "Fwd: Q3 report"
    assert len(desk.rows("review")) == 1


async def test_a_mail_in_a_file_is_answered_or_handed_on_by_name(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "their mail.eml"
    file.write_bytes(MAIL)
    desk.hand_in()

    async with desk.show(start="review") as stage:
        await stage.until(lambda: stage.one(MailTable).rows)
        await enter(stage, f"reply {file}.not")
        await stage.until(lambda: "cannot be read" in stage.one(Notice).text)
        await enter(stage, f"forward {file}")
        handed_on = (await composing(stage)).typed.subject
        await stage.press("escape")
        await enter(stage, "reply")
        await stage.until(lambda: isinstance(stage.app.screen, PathScreen))
        title = stage.text
        stage.one(PathField).value = str(file)
        await stage.press("enter")
        await stage.until(lambda: stage.one(MailForm).typed.subject == "Re: Q3")
        answer = stage.one(MailForm).typed

    assert handed_on == "Fwd: Re: Q3"
    assert "Which file has the mail?" in title
    assert answer.to == "Ana <ana@example.net>"


async def test_where_nothing_is_selected_nothing_begins(desk: Desk) -> None:
    async with desk.show(start="sent") as stage:
        await stage.press("r", "f")
        await stage.settle()

        assert isinstance(stage.app.screen, SentScreen)


async def test_an_answer_is_from_whom_they_wrote_to_until_the_person_says_otherwise(
    desk: Desk,
) -> None:
    with_identities(desk)
    with desk.open() as workspace:
        first = workspace.beginning.reply(MAIL)

    async with desk.show(start="compose", first=first, size=(100, 24)) as stage:
        form = await composing(stage)
        await stage.until_shown("they wrote to sales@")
        before = form.typed
        await stage.until_shown("answers <3@x>, in a thread of 4")
        choice = stage.one(AccountChoice)
        choice.focus()
        await stage.press("space")
        await stage.until(lambda: "they wrote to" not in stage.text)
        others = form.typed
        await stage.press("f2")
        await stage.until(lambda: desk.rows("draft"))

    draft = desk.only("draft").draft
    assert (before.account, before.sender) == ("home", "sales@home.example")
    assert (others.account, others.sender) == ("work", "mara@work.example")
    assert draft.sender.text == "mara@work.example"
    assert draft.in_reply_to == "<3@x>"


async def test_every_identity_can_be_chosen(desk: Desk) -> None:
    with_identities(desk)

    async with desk.show(start="compose", size=(100, 24)) as stage:
        choice = stage.one(AccountChoice)
        await stage.until(lambda: len(choice.choices) == 3)
        choice.focus()
        senders = [choice.chosen]
        for _ in range(2):
            await stage.press("space")
            senders.append(choice.chosen)

    names = [one.name for one in senders if one]
    assert names == [
        "Mara Lin <mara@work.example>",
        "Mara Lin <mara@home.example>",
        "Sales <sales@home.example>",
    ]


async def test_what_a_link_asked_for_in_vain_is_told(desk: Desk) -> None:
    with desk.open() as workspace:
        link = "mailto:ana@example.net?subject=Hi&attach=/etc/passwd"
        first: FirstDraft = workspace.beginning.from_link(link)

    async with desk.show(start="compose", first=first) as stage:
        form = await composing(stage)
        await stage.until(lambda: "/etc/passwd" in stage.one(Notice).text)

        assert form.typed.files == ()
        assert form.typed.to == "ana@example.net"
