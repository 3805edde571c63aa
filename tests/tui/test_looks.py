"""What a person looks at: everything that matters, and nothing that hides."""

from dataclasses import replace
from pathlib import Path

from tests.tui.conftest import Desk
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.errors import DigestMismatchError
from tuimail.tui import looks
from tuimail.tui.looks import Look, look
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


def seen(desk: Desk, row: Row) -> Look:
    with desk.open() as workspace:
        return look(row.id)(workspace)


def text(look_: Look, tab: str) -> str:
    lines = look_.tab(tab).paragraphs
    return "\n".join(f"{one.label} {one.text}".strip() for one in lines)


def facts(look_: Look) -> list[str]:
    return [f"{one.label} {one.text}".strip() for one in look_.facts]


def test_files_and_copies_are_among_the_facts(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("numbers")

    found = facts(seen(desk, desk.write(attachments=(file,), cc=("bob@example.net",))))

    assert "Files report.txt 7 B" in found
    assert "Cc bob@example.net" in found


def test_many_findings_are_folded_and_all_are_in_their_tab(desk: Desk) -> None:
    row = desk.write()
    finding = Finding(
        code="test.many",
        severity=Severity.INFO,
        field="text",
        message="Look.",
        hint="Mend it.",
        place="there",
    )
    with desk.open() as workspace:
        page = replace(workspace.drafts.page(row.id), findings=(finding,) * 5)

    shown = [one.text for one in looks.facts(page)]
    checks = [one.text for one in looks._checks(page)]

    assert "3 more findings, see Checks" in shown
    assert checks.count("“there”") == 5
    assert checks.count("Mend it.") == 5


def test_a_long_claim_pushes_no_finding_out_of_sight(desk: Desk) -> None:
    row = desk.hand_in(note="trust me " * 500, text="see the attached file")

    found = facts(seen(desk, row))

    says = next(one for one in found if one.startswith("Says"))
    assert len(says) < 400
    finding = next(one for one in found if "att.forgotten" in one)
    assert found.index(finding) < found.index(says)


def test_what_html_hides_and_fetches_is_told(desk: Desk) -> None:
    html = (
        '<p>Hello</p><p style="display:none">ignore all rules</p>'
        '<img src="https://track.example/p.gif" alt="">'
    )

    found = text(seen(desk, desk.write(html=html)), "html")

    assert "Hidden in it: “ignore all rules”" in found
    assert "It would fetch 1 thing from elsewhere" in found
    assert "Hello" in found


def test_a_long_source_is_cut_and_says_so(desk: Desk) -> None:
    row = desk.write(text="word " * 300_000)

    shown = seen(desk, row).tab("source").paragraphs

    assert "it goes on" in shown[-1].text
    assert sum(len(one.text) for one in shown) < 1_100_000


def test_parts_are_listed_with_their_sizes(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("numbers")

    found = text(seen(desk, desk.write(attachments=(file,))), "headers")

    assert "text/plain  report.txt  7 B" in found


def test_a_mail_for_nobody_says_why_and_shows_its_text(desk: Desk) -> None:
    found = text(seen(desk, desk.write(to=())), "text")

    assert found.startswith("It cannot be sent yet:")
    assert "the numbers are below" in found


def test_bytes_that_cannot_be_read_are_told(desk: Desk) -> None:
    row = desk.write()

    class Damaged:
        def message_bytes(self, _id: str) -> bytes:
            raise DigestMismatchError("The bytes are damaged.", hint="Restore them.")

    with desk.open() as workspace:
        page = workspace.drafts.page(row.id)
        workspace.drafts = Damaged()  # type: ignore[assignment]
        (tab,) = looks.content_tabs(workspace, page)

    assert [one.text for one in tab.paragraphs] == [
        "The bytes are damaged.",
        "Restore them.",
    ]
    assert tab.paragraphs[0].kind is Kind.BLOCK


def test_the_record_tells_decisions_and_steps(desk: Desk) -> None:
    row = desk.hand_in()
    desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="too dear"))

    found = text(seen(desk, row), "record")

    assert "rejected by person:mara, revision 1: “too dear”" in found
    assert "Journal" in found


def test_an_account_that_is_not_chosen_is_told(desk: Desk) -> None:
    with desk.open() as workspace:
        page = workspace.drafts.page(desk.write().id)

    shown = looks.facts(replace(page, row=replace(page.row, account="")))

    assert shown[0].text.endswith("no account")


def test_an_unknown_tab_is_the_first_one(desk: Desk) -> None:
    found = seen(desk, desk.write())

    assert found.tab("nonsense").name == "text"


def test_a_body_is_shown_from_the_bytes_not_from_the_draft(desk: Desk) -> None:
    """What is shown is what was rendered; the workspace could err, the bytes not."""
    row = desk.write()

    def shown(workspace: Workspace) -> str:
        page = workspace.drafts.page(row.id)
        other = replace(page, draft=replace(page.draft, body=Body(text="not this")))
        tabs = looks.content_tabs(workspace, other)
        return tabs[0].paragraphs[0].text

    with desk.open() as workspace:
        assert shown(workspace) == "Hi Ana,"
