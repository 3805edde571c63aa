"""The body in Compose: Markdown, and what its HTML part is made from."""

from textual.app import App, ComposeResult

from tests.tui.conftest import Desk, Stage
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.tui import proofing
from tuimail.tui.proofing import Proofed
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.tabs import Tab
from tuimail.tui.widgets.blocks import Given
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.proof_view import ProofView
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.proofing import Proof
from tuimail.workspace.views import Row


def pane(stage: Stage) -> ComposeScreen:
    screen = stage.app.panes["compose"]
    assert isinstance(screen, ComposeScreen)
    return screen


async def saved(stage: Stage) -> Row:
    await stage.press("ctrl+o")
    await stage.until_shown("kept as a draft")
    return stage.desk.row(pane(stage).opened.id)


async def test_markdown_becomes_the_html_part_until_it_is_plain_text_again(
    desk: Desk,
) -> None:
    async with desk.show(start="compose") as stage:
        editor = stage.one(BodyEditor, "#text-part")
        editor.focus()
        await stage.press("alt+m")
        await stage.until_shown(" Markdown · new mail")
        editor.insert("the **Q3** report")
        await stage.press("alt+o")
        await stage.until_shown("Markdown · ")
        await stage.until(lambda: "Alt-m ends that" in stage.one(Notice).text)
        said = stage.one(Notice).text
        row = await saved(stage)
        marked = desk.page(row.id).draft.body
        await stage.press("alt+m")
        row = await saved(stage)
        plain = desk.page(row.id).draft.body

    assert "F6 shows it, Alt-m ends that" in said
    assert marked.is_html_made
    assert marked.text == "the **Q3** report"
    assert "<strong>Q3</strong>" in marked.html
    assert plain == Body(text="the **Q3** report")


async def test_new_mail_begins_as_markdown_where_that_is_wanted(desk: Desk) -> None:
    desk.configure("[compose]\nmarkdown = true\n")
    html = desk.write(text="", html="<p>own</p>")

    async with desk.show(start="compose") as stage:
        await stage.until(lambda: stage.one(MailForm).is_markdown)
        is_dirty = pane(stage)._keeper.is_dirty
        stage.app.edit(html.id, back_to="")
        await stage.until(lambda: pane(stage).opened.id == html.id)
        is_still = stage.one(MailForm).is_markdown
        await stage.press("alt+m")
        await stage.until_shown("HTML part of its own")
        stage.app.write_new()
        await stage.until(lambda: stage.one(MailForm).is_markdown)

    assert not is_dirty
    assert not is_still


async def test_what_is_written_is_shown_beside_it_and_no_revision_is_cut(
    desk: Desk,
) -> None:
    row = desk.write(text="the **Q3** report is attached")

    async with desk.show(start="compose", size=(130, 40)) as stage:
        stage.app.edit(row.id, back_to="")
        proof = stage.one(ProofView)
        await stage.until(lambda: "**Q3** report" in proof.text_view.text)
        await stage.press("alt+m")
        await stage.until(lambda: "the Q3 report" in proof.text_view.text)
        await stage.until_shown("att.forgotten")
        stage.one(BodyEditor, "#text-part").insert("Now: ")
        await stage.until(lambda: "Now: the Q3" in proof.text_view.text)
        revision = desk.row(row.id).revision
        proof.text_view.focus()
        await stage.press("l", "l")
        source = proof.text_view.text
        await stage.press("alt+v")
        is_shown = proof.display
        stage.one(BodyEditor, "#text-part").insert("more ")
        await stage.settle()
        await stage.press("alt+v")
        await stage.until(lambda: "more" in proof.text_view.text)

    assert revision == 1
    assert "Message-ID: <not-sent-yet@work.example>" in source
    assert not is_shown


async def test_without_an_account_it_is_said_why_nothing_is_shown(desk: Desk) -> None:
    desk.save()

    async with desk.show(start="compose", size=(130, 40)) as stage:
        stage.one(BodyEditor, "#text-part").insert("Hi")
        await stage.until(lambda: "no account" in stage.one(ProofView).text_view.text)


async def test_what_is_too_long_or_wrapped_already_is_told_in_the_pane(
    desk: Desk,
) -> None:
    row = desk.write(text="x" * 60_000)

    async with desk.show(start="compose") as stage:
        stage.one(BodyEditor, "#text-part").focus()
        await stage.press("alt+q")
        await stage.until_shown("Nothing here has to be wrapped anew.")
        stage.app.edit(row.id, back_to="")
        await stage.until(lambda: "F4 opens it" in stage.one(Notice).text)
        typed = pane(stage).form.typed
        focused = stage.app.focused

    assert typed.text == "x" * 60_000
    assert focused is not None
    assert focused.id == "subject"


def test_the_worst_is_told_and_how_much_more_there_is() -> None:
    found = tuple(
        Finding(code=f"a.{n}", severity=Severity.INFO, field="text", message="x" * 300)
        for n in range(6)
    )

    lines = proofing.noticed(Proof(raw=b"x", findings=found))

    assert [one.text[:10] for one in lines[:4]] == [f"info a.{n}: " for n in range(4)]
    assert len(lines[0].text) == proofing.LONGEST_FINDING
    assert lines[4].text == "and 2 more findings"
    assert proofing.noticed(Proof(raw=b"x")) == ()


class Beside(App[None]):
    """A proof and nothing else."""

    def compose(self) -> ComposeResult:
        yield ProofView(id="proof")


async def test_a_tab_of_the_proof_is_opened_by_the_mouse_too() -> None:
    tabs = tuple(
        Tab(name=name, title=name, text=Given((Paragraph(text=f"the {name}"),)))
        for name in ("html", "text")
    )

    async with Beside().run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        view = pilot.app.query_one(ProofView)
        view.step(1)
        view.add((Paragraph(text="2 misspelt"),))
        view.show(Proofed(tabs=tabs, why_not="", noticed=()), is_same=False)
        await pilot.pause()
        first = view.text_view.text
        await pilot.click("#proof-tabs", offset=(8, 0))
        await pilot.pause()
        second = view.text_view.text
        view.show(Proofed(tabs=(), why_not="No.", noticed=()), is_same=True)
        await pilot.pause()
        without = (view.tab, view.text_view.text)

    assert (first, second) == ("the html", "the text")
    assert without == ("", "No.")


async def test_nothing_is_found_wrong_with_what_nobody_wrote_yet(desk: Desk) -> None:
    async with desk.show(start="compose", size=(120, 30)) as stage:
        await stage.until_shown("stands here as soon as you write")
        before = stage.text
        stage.one(BodyEditor, "#text-part").insert("Hi Ana")
        await stage.until_shown("The subject is empty")

    assert "The subject is empty" not in before
