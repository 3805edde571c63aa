"""What a person looks at: everything that matters, and nothing that hides."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import NOW, Desk
from tuimail.core.address import Address, parse_address
from tuimail.core.decision import Comment
from tuimail.core.draft import Attachment, Body, Draft, Priority, file_digest
from tuimail.core.finding import Finding, Severity
from tuimail.core.preview import LINKS_LIMIT
from tuimail.core.service import Category, ServiceOptions
from tuimail.errors import DigestMismatchError
from tuimail.tui import checked, looks
from tuimail.tui import record as records
from tuimail.tui.contents import LONGEST_TARGET
from tuimail.tui.looks import Look, look
from tuimail.tui.outgoing import recipients, release_lines
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Reason, Row
from tuimail.workspace.workspace import Workspace

LOGO_BYTES = b"\x89PNG\r\n\x1a\n."
LOGO = Attachment(
    name="logo.png",
    content_type="image/png",
    digest=file_digest(LOGO_BYTES),
    size_bytes=len(LOGO_BYTES),
    content_id="logo@a",
)
ASKED = ServiceOptions(
    category=Category.BULK,
    tags=("spring", "two words"),
    metadata=(("campaign", "7"),),
    template_id="welcome",
    merge=(("city", "Graz"),),
    merge_for=(("ana@example.net", (("name", "Ana"),)),),
    track_opens=True,
    track_clicks=False,
)


def address(text: str) -> Address:
    return parse_address(text, field="to")


def a_draft(*, html: str = "", **fields: Any) -> Draft:
    plain: dict[str, Any] = {
        "sender": address("mara@work.example"),
        "to": (address("ana@example.net"),),
        "body": Body(html=html),
        "account": "work",
    }
    return Draft(**(plain | fields))


def keep_logo(desk: Desk, folder: Path) -> None:
    """Have the bytes of the logo where attachments are kept."""
    file = folder / "logo.png"
    file.write_bytes(LOGO_BYTES)
    with desk.open() as workspace:
        workspace.drafts.attach(file)


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
    assert "hidden text 16 characters · would fetch 1 thing from elsewhere" in found
    assert "Hello" in found


def test_a_long_source_is_there_to_its_end(desk: Desk) -> None:
    row = desk.write(text="word " * 300_000)

    shown = seen(desk, row).tab("source").text

    assert len(shown.block(0)) < 1_000
    assert shown.block(len(shown) - 1)[-1].text == "=20"


def test_parts_are_listed_as_they_are_in_one_another(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("numbers")
    row = desk.write(attachments=(file,), html="<p>Gr\u00fc\u00dfe</p>")

    found = text(seen(desk, row), "parts")

    lines = found[found.index("1 multipart") :].split("\n")
    assert lines[0].startswith("1 multipart/mixed, ")
    assert lines[1].startswith("2   multipart/alternative, ")
    assert lines[2].startswith("3     text/plain, 35 B, utf-8, 7bit")
    assert lines[3].startswith("4     text/html, 16 B, utf-8, ")
    assert lines[4] == "5   text/plain, attachment, 7 B, base64, 14 B as sent"
    assert lines[5] == "name \u201creport.txt\u201d"


def test_an_image_in_the_html_is_no_file_and_has_its_id(
    desk: Desk, tmp_path: Path
) -> None:
    keep_logo(desk, tmp_path)
    row = desk.store(a_draft(html='<img src="cid:logo@a">', attachments=(LOGO,)))

    found = seen(desk, row)

    assert found.has_pictures
    assert "id cid:logo@a" in text(found, "parts")
    assert "Images logo.png 9 B" in facts(found)
    assert not [one for one in facts(found) if one.startswith("Files")]


def test_an_image_of_a_mail_without_html_is_a_file(desk: Desk, tmp_path: Path) -> None:
    keep_logo(desk, tmp_path)
    row = desk.store(a_draft(attachments=(LOGO,)))

    found = facts(seen(desk, row))

    assert "Files logo.png 9 B" in found


def test_links_are_listed_with_whom_they_lead_to(desk: Desk) -> None:
    html = (
        '<a href="https://a.example/x">Read</a> <a href="https://a.example/y">'
        '<img src="cid:x"></a> <a href="https://b\u00fccher.example/">Books</a> '
        '<a href="https://evil.example/">https://bank.example</a> '
        '<a href="tel:123">Call</a>'
    )

    found = seen(desk, desk.write(html=html, text="https://c.example"))

    lines = text(found, "links").split("\n")
    assert lines[:3] == [
        "Hosts",
        "2 \u00d7 a.example",
        "1 \u00d7 xn--bcher-kva.example  = b\u00fccher.example",
    ]
    read = lines.index("[1] \u201cRead\u201d")
    assert lines[read + 1 : read + 3] == [
        "host a.example",
        "goes to https://a.example/x",
    ]
    assert "host none" in lines
    assert "goes to https://c.example" in lines
    assert any(line.startswith("warning html.link-mismatch:") for line in lines)
    assert found.tab("links").title == "Links 6"
    notes = [one.note for one in found.tab("links").paragraphs if one.note]
    assert notes[0] == "[1]"
    assert any(one.startswith("WARNING [") for one in notes)


def test_a_link_without_words_and_number_says_so(desk: Desk) -> None:
    html = '<p>x</p><a href="https://a.example/"></a>'

    lines = text(seen(desk, desk.write(html=html, text="hi")), "links").split("\n")

    assert lines[2:] == ["", "host a.example", "goes to https://a.example/"]


def test_many_links_and_hosts_are_cut_and_say_so(desk: Desk) -> None:
    body = "\n".join(f"https://h{n}.example/" for n in range(LINKS_LIMIT + 9))

    shown = text(seen(desk, desk.write(text=body)), "links")

    assert f"and {LINKS_LIMIT - 20} more" in shown
    assert shown.endswith("there may be more, not listed here.")


def test_an_endless_address_is_cut(desk: Desk) -> None:
    html = f'<a href="https://a.example/{"x" * 90_000}">Read</a>'

    shown = text(seen(desk, desk.write(html=html)), "links")

    assert len(shown) < 2 * LONGEST_TARGET


def test_a_mail_without_links_has_no_tab_for_them(desk: Desk) -> None:
    assert "links" not in [tab.name for tab in seen(desk, desk.write()).tabs]


def test_a_mail_without_a_text_part_says_so(desk: Desk) -> None:
    row = desk.store(a_draft(html="<p>Hello</p>"))

    found = seen(desk, row)

    assert text(found, "text") == "It has no plain text part."
    assert text(found, "html") == "Hello"


def test_what_changes_the_world_is_among_the_facts(desk: Desk) -> None:
    draft = a_draft(
        reply_to=tuple(address(f"r{n}@example.org") for n in range(5)),
        priority=Priority.HIGH,
        unsubscribe_url="https://lists.example.org/leave?u=1",
        service=ASKED,
    )

    found = facts(seen(desk, desk.store(draft)))

    assert (
        "Reply to r0@example.org, r1@example.org, r2@example.org  "
        "+2 more, see Headers" in found
    )
    assert "List one click ends it: https://lists.example.org/leave?u=1" in found
    assert (
        "Asks high priority, bulk, 2 tags, 1 metadata value, template welcome, "
        "1 merge value, 1 recipient merged, opens tracked, clicks not tracked" in found
    )


def test_what_is_asked_pushes_no_finding_out_of_sight(desk: Desk) -> None:
    draft = replace(a_draft(service=ASKED), unsubscribe_url="https://a.example/")

    found = [one.split()[0] for one in facts(seen(desk, desk.store(draft)))]

    assert found.index("Found") < found.index("Asks") < found.index("List")


def test_all_that_a_provider_is_asked_is_in_the_record(desk: Desk) -> None:
    found = text(seen(desk, desk.store(a_draft(service=ASKED))), "record")

    section = found[found.index("What the provider is asked") :].split("\n\n")[0]
    assert section.split("\n") == [
        "What the provider is asked",
        "Category bulk",
        "Tag spring",
        "Tag two words",
        "Data campaign = 7",
        "Template welcome",
        "Merge city = Graz",
        "Merge for ana@example.net:",
        "name = Ana",
        "Opens tracked",
        "Clicks not tracked",
    ]


def test_a_mail_that_asks_nothing_says_nothing_of_it(desk: Desk) -> None:
    found = seen(desk, desk.write())

    assert not {"Asks", "List", "Reply"} & {one.split()[0] for one in facts(found)}
    assert "What the provider is asked" not in text(found, "record")


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

    assert "revision 1 rejected by person:mara 0 s ago: “too dear”" in found
    assert "Journal" in found


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


def test_the_record_has_every_comment_and_checks_the_whole_policy(desk: Desk) -> None:
    row = desk.hand_in()
    comments = (
        Comment(text="not ours", field="text", line=3),
        Comment(text="too long"),
    )
    reasons = tuple(Reason(rule=f"r{n}", text=f"because {n}") for n in range(5))
    desk.do(
        lambda ws: ws.reviews.request_changes(
            row.id, revision=1, reason="No.", comments=comments
        )
    )
    with desk.open() as workspace:
        page = workspace.drafts.page(row.id)
    page = replace(page, standing=replace(page.standing, reasons=reasons))

    record = [one.text for one in records.record(page, (), NOW, is_whole=None)]
    checks = [one.text for one in checked.checks(page)]

    assert "on text line 3: “not ours”" in record
    assert "on all of it: “too long”" in record
    assert "Policy" in checks
    assert "r4: because 4" in checks


def test_the_question_says_how_much_a_person_changed(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("numbers")
    row = desk.hand_in(attachments=(file,))
    draft = desk.page(row.id).draft
    mine = replace(draft, body=Body(text="Hi Ana,\n\nthe figures are below.\n"))
    desk.do(lambda ws: ws.drafts.edit(row.id, mine, revision=1))

    found = release_lines(desk.page(row.id), timedelta(0), verb="approve", now=NOW)

    lines = [f"{one.label} {one.text}" for one in found]
    assert "Edited 1 word changed since its author wrote it, see Diff" in lines
    assert "File report.txt  7 B" in lines


def test_the_question_says_beside_everybody_what_was_found_about_them(
    desk: Desk,
) -> None:
    """Whoever shares a domain that looks like another is told of, not the first."""
    row = desk.hand_in(to=("ana@examp1e.net", "bob@examp1e.net", "eve@b.example"))
    page = desk.page(row.id)
    like = Finding(
        code="addr.lookalike-domain", severity=Severity.WARNING, field="to",
        message="", place="ana@examp1e.net",
    )  # fmt: skip
    new = replace(
        like, code="rcpt.new", severity=Severity.INFO, place="ana@examp1e.net, x@y.z"
    )

    found = list(recipients(replace(page, findings=(like, new))))

    assert [one.note for one in found] == [
        "LIKE ANOTHER · FIRST MAIL",
        "LIKE ANOTHER",
        "",
    ]
    assert [one.note_kind for one in found[:2]] == [Kind.WARNING, Kind.WARNING]


def test_what_was_written_since_somebody_looked_stands_out(desk: Desk) -> None:
    row = desk.hand_in(text="Hi Ana,\n\nthe numbers are below.\n")
    with desk.open() as workspace:
        workspace.looking.opened(row.id, 1)
        draft = workspace.drafts.page(row.id).draft
        other = replace(
            draft, body=Body(text="Hi Ana,\n\nthe figures are below.\nBye\n")
        )
        workspace.drafts.edit(row.id, other, revision=1)

    shown = seen(desk, row).tab("text").paragraphs

    marked = [one.text[a:b] for one in shown for a, b, _ in one.spans]
    assert marked == ["figures", "Bye"]


def test_nothing_stands_out_of_what_nobody_saw_before(desk: Desk) -> None:
    shown = seen(desk, desk.hand_in()).tab("text").paragraphs

    assert not any(one.spans for one in shown)


def test_tabs_come_in_the_order_in_which_they_are_read(desk: Desk) -> None:
    row = desk.hand_in(html='<a href="https://a.example">a</a>')
    draft = desk.page(row.id).draft
    mine = replace(draft, body=Body(text="Other.\n", html=draft.body.html))
    desk.do(lambda ws: ws.drafts.edit(row.id, mine, revision=1))

    assert [tab.name for tab in seen(desk, row).tabs] == [
        "text",
        "html",
        "links",
        "diff",
        "parts",
        "headers",
        "source",
        "checks",
        "record",
    ]


def test_what_leaves_otherwise_than_it_is_written_has_a_tab(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = desk.write()
    monkeypatch.setattr(
        "tuimail.workspace.drafts.DraftDesk.handed_on", lambda _self, _id: b'{"to": 1}'
    )

    assert text(seen(desk, row), "handed_on") == '{"to": 1}'


def test_what_cannot_be_told_has_no_tab_and_is_no_mistake(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = desk.release()

    def refuse(_self: object, _id: str) -> bytes:
        raise DigestMismatchError("The bytes are damaged.", hint="Restore them.")

    for name in ("handed_on", "is_as_stored"):
        monkeypatch.setattr(f"tuimail.workspace.drafts.DraftDesk.{name}", refuse)

    assert "handed_on" not in [tab.name for tab in seen(desk, row).tabs]
