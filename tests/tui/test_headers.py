"""The header: what each field says, how it leaves, and whose word it is."""

from dataclasses import replace

from tests.tui.conftest import Desk
from tuimail.core.draft import Draft
from tuimail.tui import headers


def told(desk: Desk, draft: Draft) -> list[str]:
    row = desk.store(draft)
    with desk.open() as workspace:
        raw = workspace.drafts.message_bytes(row.id)
    lines = headers.paragraphs(raw, headers.set_by(draft, "agent:sales"))
    return [f"{one.label} {one.text}" for one in lines]


def draft(desk: Desk) -> Draft:
    return desk.page(desk.write(bcc=("eve@example.org",)).id).draft


def test_fields_say_who_set_them(desk: Desk) -> None:
    found = told(desk, replace(draft(desk), headers=(("X-Run", "7"),)))

    assert "identity From: Mara Lin <mara@work.example>" in found
    assert "agent Subject: Q3 report" in found
    assert "agent X-Run: 7" in found
    assert any(one.startswith("tuimail Message-ID: ") for one in found)
    assert any(one.startswith("tuimail Content-Type: ") for one in found)


def test_a_field_that_leaves_in_other_letters_is_shown_as_sent(desk: Desk) -> None:
    found = told(desk, draft(desk))

    place = found.index("agent To: Ana Nov\u00e1k <ana@example.net>")
    assert found[place + 1].startswith("as sent =?")


def test_blind_recipients_are_said_to_be_in_no_field(desk: Desk) -> None:
    found = told(desk, draft(desk))

    assert found[-1].startswith("Bcc It is in no field")
    assert not any("eve@" in one for one in found)


def test_whose_end_of_the_mail_it_is_depends_on_who_named_it(desk: Desk) -> None:
    named = replace(draft(desk), unsubscribe_url="https://a.example/leave", bcc=())

    assert any(one.startswith("agent List-Unsubscribe: ") for one in told(desk, named))
    assert headers._setter("List-Unsubscribe", headers.NOBODY) == "tuimail"


def test_a_persons_own_fields_are_the_authors(desk: Desk) -> None:
    assert headers.set_by(draft(desk), "person:mara").author == "author"
