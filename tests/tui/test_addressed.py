"""Whom a mail is for: nobody who is marked is folded before who is not."""

from typing import Any

from tuimail.core.address import parse_address
from tuimail.core.message import Role
from tuimail.tui import addressed
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.people import Mark, Marked


def person(text: str, *marks: Mark, role: Role = Role.TO, like: str = "") -> Marked:
    address = parse_address(text, field="to")
    return Marked(role=role, address=address, marks=marks, like=like)


def said(lines: Any) -> list[str]:
    return [" ".join(filter(None, (o.label, o.text, o.note))) for o in lines]


def lines(*people: Marked) -> list[str]:
    return said(addressed.lines(people))


def test_to_and_bcc_have_a_line_though_nobody_is_in_them() -> None:
    assert lines() == ["To none", "Bcc none"]
    assert said(addressed.brief([])) == ["To none", "Bcc none"]


def test_who_is_marked_has_a_line_and_who_is_not_shares_one() -> None:
    found = lines(
        person("a@example.net"),
        person("New <n@example.net>", Mark.NEW),
        person("b@example.net"),
        person("eve@example.com", Mark.OUTSIDE, Mark.NEW, role=Role.BCC),
    )

    assert found == [
        "To New <n@example.net> NEW",
        "a@example.net, b@example.net",
        "Bcc eve@example.com OUTSIDE NEW",
    ]


def test_of_many_the_worst_are_shown_and_the_rest_counted_by_their_marks() -> None:
    usual = [person(f"u{n}@example.net") for n in range(4)]
    new = [person(f"n{n}@example.net", Mark.NEW) for n in range(4)]
    outside = person("o@example.com", Mark.OUTSIDE, Mark.NEW)
    unwanted = person("s@example.net", Mark.SUPPRESSED)

    found = lines(*usual, *new, outside, unwanted)

    assert found == [
        "To s@example.net SUPPRESSED",
        "o@example.com OUTSIDE NEW",
        "n0@example.net NEW",
        "+7 more: 3 new i lists them",
        "Bcc none",
    ]
    *_, folded, _bcc = said(addressed.lines(usual, lambda id_: f"<{id_}>"))
    assert folded == "+1 more <mail.people> lists them"


def test_many_without_marks_are_folded_without_words_about_them() -> None:
    found = lines(*(person(f"u{n}@example.net") for n in range(5)))

    assert found[1] == "+2 more i lists them"


def test_letters_that_differ_from_a_known_domain_stand_in_brackets() -> None:
    found = list(
        addressed.lines([person("a@exarnple.org", Mark.LIKE, like="example.org")])
    )

    assert (found[0].note, found[0].note_kind) == ("LIKE example.org", Kind.BLOCK)
    assert found[1].text == "exa[rn]ple.org is not exa[m]ple.org"


def test_a_domain_in_other_letters_is_shown_as_servers_see_it() -> None:
    (line, _) = lines(person("a@b\u00fccher.example"))

    assert line == "To a@b\u00fccher.example  = a@xn--bcher-kva.example"


def test_in_short_each_field_is_one_line_with_all_its_marks() -> None:
    found = list(
        addressed.brief(
            [
                person("a@example.net"),
                person("n@example.net", Mark.NEW),
                person("b@example.com", Mark.OUTSIDE, role=Role.BCC),
            ]
        )
    )

    assert said(found) == ["To n@example.net  +1 NEW", "Bcc b@example.com OUTSIDE"]
    assert [one.note_kind for one in found] == [Kind.STRONG, Kind.WARNING]


def test_everybody_can_be_listed() -> None:
    people = [person(f"u{n}@example.net") for n in range(9)]
    copy = person("c@example.net", Mark.NEW, role=Role.CC)

    found: list[Paragraph] = list(addressed.everybody([*people, copy]))

    assert len(found) == 10
    assert said(found[-1:]) == ["Cc c@example.net NEW"]


def test_a_name_cannot_stand_where_marks_do() -> None:
    (line, _) = addressed.lines([person('"SUPPRESSED" <a@example.net>')])

    assert line.note == ""
