"""What somebody searches for, and what mail is found by."""

import pytest

from tuimail.core.address import parse_address
from tuimail.core.draft import Attachment, Body, Draft
from tuimail.core.searching import (
    MOST_CHARACTERS,
    Place,
    Query,
    Term,
    parse_query,
    spaced,
    wordless,
    words_of,
)
from tuimail.errors import FieldError


def mail(**changes: object) -> Draft:
    values: dict[str, object] = {
        "sender": parse_address("Mara Lin <mara@example.org>", field="from"),
        "to": (parse_address("Ana Novák <ana@example.net>", field="to"),),
        "bcc": (parse_address("Quiet <quiet@example.org>", field="bcc"),),
        "subject": "Q3 report",
        "account": "work",
        **changes,
    }
    return Draft(**values)  # type: ignore[arg-type]  # a test changes a field


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  ", ()),
        ("!!! ::", ()),
        ("invoice", (Term(text="invoice"),)),
        ("two words", (Term(text="two"), Term(text="words"))),
        ('"two words"', (Term(text="two words", is_whole=True),)),
        ('"not closed', (Term(text="not closed", is_whole=True),)),
        ("to:ana@x.org", (Term(text="ana@x.org", place=Place.TO),)),
        ('Subject:"q 3"', (Term(text="q 3", place=Place.SUBJECT, is_whole=True),)),
        ("re:order 10:30", (Term(text="re order"), Term(text="10 30"))),
        ("https://x.org/a", (Term(text="https //x.org/a"),)),
        ("agent:sales", (Term(text="sales", place=Place.AGENT),)),
        ("見積", (Term(text=" 見  積 "),)),
    ],
)
def test_words_are_looked_for_everywhere_unless_somebody_says_where(
    text: str, terms: tuple[Term, ...]
) -> None:
    assert parse_query(text) == Query(terms=terms)


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("state:held", {"held"}),
        ("state:dry-run", {"dry_run"}),
        ("STATE:re", {"ready", "rejected", "review"}),
        ("state:re state:rev", {"review"}),
        ("state:held state:sent", set()),
    ],
)
def test_a_state_may_only_be_begun(text: str, statuses: set[str]) -> None:
    assert parse_query(text) == Query(statuses=frozenset(statuses))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("from:", "from"),
        ("invoice To:", "to"),
        ("state: sent", "state"),
        ("re: from:ana", ""),
        ('"from:"', ""),
        ("from:to:", ""),
    ],
)
def test_a_place_that_no_word_follows_is_noticed(text: str, place: str) -> None:
    assert wordless(text) == place


def test_a_state_that_there_is_not_names_those_that_there_are() -> None:
    with pytest.raises(FieldError, match="state:gone is no state") as refused:
        parse_query("state:gone")

    assert "deferred" in refused.value.hint
    assert "released" not in refused.value.hint
    assert refused.value.field == "search"


def test_each_letter_of_a_script_without_spaces_is_a_word() -> None:
    assert spaced("plain") == "plain"
    assert spaced("Müller") == "Müller"
    assert spaced("見積書 für 3").split() == ["見", "積", "書", "für", "3"]


def test_mail_is_found_by_what_it_says_and_never_by_a_blind_copy() -> None:
    file = Attachment(
        name="plan.pdf", content_type="application/pdf", digest="0" * 64, size_bytes=1
    )
    draft = mail(body=Body(text="Hi Ana."), attachments=(file,))

    words = words_of(draft, actor="agent:sales", note="as you asked")

    assert words.subject == "Q3 report"
    assert words.sender == "Mara Lin mara@example.org"
    assert words.recipients == "Ana Novák ana@example.net"
    assert (words.body, words.files, words.note) == (
        "Hi Ana.",
        "plan.pdf",
        "as you asked",
    )
    assert (words.agent, words.account) == ("sales", "work")
    assert "quiet" not in repr(words)


def test_a_person_is_no_agent() -> None:
    assert words_of(mail(), actor="person:mara", note="").agent == ""


def test_of_mail_that_is_only_html_what_it_shows_is_read() -> None:
    body = Body(html="<p>Dear <b>Ana</b></p>")

    assert (
        words_of(mail(body=body), actor="tuimail", note="").body.strip() == "Dear Ana"
    )


def test_of_a_body_without_end_the_beginning_is_read() -> None:
    body = Body(text="x" * (MOST_CHARACTERS + 5))

    words = words_of(mail(body=body), actor="tuimail", note="")

    assert len(words.body) == MOST_CHARACTERS
