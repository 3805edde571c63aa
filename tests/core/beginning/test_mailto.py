"""A mail that a link begins (RFC 6068)."""

import pytest

from tuimail.core.beginning.mailto import LENGTH_LIMIT, from_link, is_mailto
from tuimail.errors import FieldError


def test_everything_a_link_may_say_is_in_the_mail() -> None:
    begun = from_link(
        "mailto:ana@example.net,bo%40x@example.org?cc=cy@example.org&to=di@example.org"
        "&subject=caf%C3%A9%20%26%20more&body=Hi%0D%0AAna,%20a+b&In-Reply-To=%3C1@x%3E"
    )

    assert [one.text for one in begun.to] == ["ana@example.net", "di@example.org"]
    assert [one.text for one in begun.cc] == ["cy@example.org"]
    assert begun.subject == "café & more"
    assert begun.text == "Hi\nAna, a+b"
    assert (begun.in_reply_to, begun.references) == ("<1@x>", ("<1@x>",))
    assert begun.noticed == ("Left out, for they are no addresses: bo@x@example.org.",)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("mailto:a@b.c?attach=/etc/passwd", "asks for the file '/etc/passwd'"),
        ("mailto:a@b.c?attachment=x&Attach=y", "asks for the file 'x'"),
        ("mailto:a@b.c?from=boss@b.c&x-spam=1", "no link may; left out: from, x-spam"),
        ("mailto:a@b.c?bcc=spy@evil.example", "names blind copies: spy@evil.example"),
    ],
)
def test_what_a_link_may_not_do_is_told_and_not_done(link: str, words: str) -> None:
    begun = from_link(link)

    assert words in begun.noticed[0]
    assert begun.files == ()
    assert begun.sender is None


def test_the_first_of_several_subjects_counts_and_bodies_are_lines() -> None:
    begun = from_link("MAILTO:?subject=a&amp;subject=b&body=x&body=y&subject=c")

    assert (begun.subject, begun.text) == ("a", "x\ny")


def test_a_link_ends_no_header_and_acts_on_no_terminal() -> None:
    begun = from_link("mailto:a@b.c?subject=a%0D%0ABcc:%20x@y.z&body=a%1B%5B31m%00")

    assert begun.subject == "a  Bcc: x@y.z"
    assert begun.bcc == ()
    assert "\x00" not in begun.text


def test_an_empty_link_begins_an_empty_mail() -> None:
    assert from_link("mailto:").to == ()
    assert from_link("mailto:a@b.c#top?subject=x").subject == ""


@pytest.mark.parametrize("text", ["http://x", "a@b.c", "mailto:" + "x" * LENGTH_LIMIT])
def test_what_is_no_such_link_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="mailto"):
        from_link(text)


def test_capitals_do_not_count() -> None:
    assert is_mailto("MailTo:a@b.c")
    assert not is_mailto("mail")


def test_a_subject_may_be_said_in_encoded_words() -> None:
    """RFC 6068 §6.3 has a link whose subject is one."""
    begun = from_link("mailto:a@b.c?subject=%3D%3Futf-8%3FQ%3Fcaf%3DC3%3DA9%3F%3D")

    assert begun.subject == "café"


def test_an_encoded_word_ends_no_header_and_acts_on_no_terminal() -> None:
    begun = from_link("mailto:a@b.c?subject=%3D%3Futf-8%3FQ%3Fa%3D0D%3D0A%3D1Bb%3F%3D")

    assert begun.subject == "a   b"


def test_what_is_no_id_of_a_mail_is_told_and_not_answered() -> None:
    begun = from_link("mailto:a@b.c?in-reply-to=the%20mail%20of%20monday")

    assert (begun.in_reply_to, begun.references) == ("", ())
    assert begun.noticed == (
        "Left out, for it is no id of a mail: the mail of monday.",
    )


def test_it_is_said_how_many_are_named_where_not_all_are_told() -> None:
    many = ",".join(f"u{number}@x.example" for number in range(300))
    hidden, wrong = from_link(f"mailto:?bcc={many}"), from_link("mailto:1,2,3,4,5,6,7")

    assert hidden.noticed[0].endswith("u3@x.example, u4@x.example and 295 more.")
    assert wrong.noticed[0].endswith("no addresses: 1, 2, 3, 4, 5 and 2 more.")
