"""A mail that answers another one, or hands it on."""

import pytest

from tuimail.core.address import Address, parse_address
from tuimail.core.beginning import answering
from tuimail.core.beginning.answering import forward, reply
from tuimail.core.beginning.beginning import Beginning
from tuimail.core.beginning.parent import Parent, read_parent
from tuimail.errors import FieldError

MARA = parse_address("Mara Lin <mara@example.org>", field="from")
BILLING = parse_address("billing@example.org", field="from")
OWN = (MARA, BILLING)
MAIL = """From: =?utf-8?q?Ana_Nov=C3=A1k?= <ana@example.net>
To: Billing@example.org, Bo <bo@example.org>
Cc: cy@example.net, "broken
Date: Mon, 2 Mar 2026 14:02:00 +0100
Message-ID: <2@example.net>
In-Reply-To: <1@example.org>
Subject: {subject}
Content-Type: text/plain; charset=utf-8

Grüße,

> earlier words
{line}

--\x20
Ana
"""
LONG = "word " * 40


def parent(
    mail: str = MAIL, *, subject: str = "Q3", line: str = "see you", **headers: str
) -> Parent:
    text = mail.format(subject=subject, line=line)
    for name, value in headers.items():
        text = f"{name.replace('_', '-')}: {value}\n{text}"
    return read_parent(text.encode())


def texts(people: tuple[Address, ...]) -> list[str]:
    return [one.text for one in people]


def answered(found: Parent, *, is_to_all: bool = False) -> Beginning:
    return reply(found, OWN, is_to_all=is_to_all)


def test_an_answer_goes_to_the_author_with_the_text_quoted() -> None:
    begun = answered(parent())

    assert texts(begun.to) == ["ana@example.net"]
    assert begun.to[0].name == "Ana Novák"
    assert begun.cc == ()
    assert begun.text == (
        "\n\nOn 2026-03-02 14:02, Ana Novák <ana@example.net> wrote:\n"
        "> Grüße,\n>\n>> earlier words\n> see you\n"
    )


def test_an_answer_to_all_leaves_oneself_out_and_names_what_is_no_address() -> None:
    begun = answered(parent(), is_to_all=True)

    assert texts(begun.to) == ["ana@example.net"]
    assert texts(begun.cc) == ["bo@example.org", "cy@example.net"]
    assert begun.noticed == ('Left out, for they are no addresses: "broken.',)
    whole = parent(MAIL.replace(', "broken', ""))
    assert answered(whole, is_to_all=True).noticed == ()


def test_it_is_from_whom_they_wrote_to_and_says_so() -> None:
    begun = answered(parent())
    delivered = answered(
        parent(MAIL.replace("Billing@", "list@"), Delivered_To="mara@example.org")
    )
    unknown = answered(parent(MAIL.replace("Billing@", "list@")))

    assert (begun.sender, begun.reason) == (
        BILLING, "they wrote to billing@"
    )  # fmt: skip
    assert delivered.sender == MARA
    assert (unknown.sender, unknown.reason) == (None, "")


def test_answers_go_where_the_author_wants_them() -> None:
    begun = answered(parent(Reply_To="list@example.net, ana@example.net"))

    assert texts(begun.to) == ["list@example.net", "ana@example.net"]


def test_an_answer_to_ones_own_mail_goes_on_to_whom_that_went() -> None:
    own = parent(MAIL.replace("<ana@", "<mara@").replace("novak", "x").replace(
        "mara@example.net", "mara@example.org"
    ))  # fmt: skip
    begun = answered(own)

    assert texts(begun.to) == ["Billing@example.org", "bo@example.org"]
    assert begun.reason == "you wrote as mara@"
    assert texts(answered(own, is_to_all=True).cc) == ["cy@example.net"]


@pytest.mark.parametrize(
    ("subject", "answer", "handed_on"),
    [
        ("Q3", "Re: Q3", "Fwd: Q3"),
        ("Re: Q3", "Re: Q3", "Fwd: Re: Q3"),
        ("RE: AW: re[2]: Q3", "Re: Q3", "Fwd: RE: AW: re[2]: Q3"),
        ("Fwd: FW: Q3", "Re: Fwd: FW: Q3", "Fwd: Q3"),
        ("回复：数字", "Re: 数字", "Fwd: 回复：数字"),  # noqa: RUF001 - as it is written
        ("Research: Q3", "Re: Research: Q3", "Fwd: Research: Q3"),
        ("", "Re:", "Fwd:"),
    ],
)
def test_a_subject_has_its_mark_once(subject: str, answer: str, handed_on: str) -> None:
    found = parent(subject=subject)

    assert answered(found).subject == answer
    assert forward(found, OWN).subject == handed_on


def test_the_thread_goes_on_with_the_answer() -> None:
    begun = answered(parent())

    assert begun.in_reply_to == "<2@example.net>"
    assert begun.references == ("<1@example.org>", "<2@example.net>")


def test_a_long_thread_keeps_its_first_and_its_last_mails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answering, "REFERENCES_LIMIT", 4)
    ids = [f"<{number}@x>" for number in range(9)]
    begun = answered(parent(References=" ".join([*ids, "<2@example.net>"])))

    assert begun.references == ("<0@x>", "<7@x>", "<8@x>", "<2@example.net>")


def test_a_mail_without_an_id_begins_no_thread() -> None:
    begun = answered(parent(MAIL.replace("Message-ID", "X-Id")))

    assert (begun.in_reply_to, begun.references) == ("", ())


def test_a_paragraph_on_one_line_is_wrapped_and_what_was_quoted_is_not() -> None:
    begun = answered(parent(line=f"{LONG}\n>{LONG}"))
    lines = begun.text.split("\n")

    assert sum(line.startswith("> word") for line in lines) == 3
    assert f">>{LONG}".rstrip() in lines


def test_who_cannot_be_answered_is_told_and_what_to_do() -> None:
    nobody = parent(MAIL.replace("From:", "X-From:"))

    with pytest.raises(FieldError, match="whom an answer goes to") as caught:
        answered(nobody)
    assert "Forward" in caught.value.hint
    assert "somebody wrote:" not in forward(nobody, OWN).text


def test_what_is_handed_on_says_whose_it_is_and_of_when() -> None:
    begun = forward(parent(), OWN)

    assert begun.to == ()
    assert begun.in_reply_to == ""
    assert begun.text.startswith(
        "\n\n---------- Forwarded mail ----------\n"
        "From: Ana Novák <ana@example.net>\nDate: 2026-03-02 14:02 +0100\n"
        "Subject: Q3\nTo: Billing@example.org, Bo <bo@example.org>\n"
        "Cc: cy@example.net\n\nGrüße,\n"
    )
    assert begun.text.endswith("-- \nAna\n")


def test_an_unknown_author_is_somebody() -> None:
    found = parent(MAIL.replace("From:", "X-From:"), Reply_To="list@example.net")

    assert "On 2026-03-02 14:02, somebody wrote:" in answered(found).text
