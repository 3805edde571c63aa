"""What of Django's messages is kept, and what is refused since it cannot be."""

from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives

from tests.contrib.conftest import OLDER
from tuimail.api.message import Attachment
from tuimail.contrib.django_messages import message_of
from tuimail.errors import FieldError

pytestmark = OLDER

BEA, CAT = "bea@example.net", "cat@example.net"


def email(**fields: Any) -> EmailMessage:
    return EmailMessage(
        **{"subject": "s", "body": "b", "from_email": "mara@example.org", "to": [BEA]}
        | fields
    )


def refused(message: EmailMessage) -> FieldError:
    with pytest.raises(FieldError) as caught:
        message_of(message)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("headers", "field", "word"),
    [
        ({"Message-ID": "<a@b.example>"}, "header", "Message-ID"),
        ({"date": "today"}, "header", "Date"),
        ({"From": "other@example.org"}, "from", "from_email"),
        ({"Sender": "other@example.org"}, "sender", "from_email"),
        ({"To": f"{BEA}, {CAT}"}, "to", "to"),
        ({"to": "list@example.org"}, "to", "to"),
        ({"Cc": CAT}, "cc", "cc"),
        ({"bcc": CAT}, "bcc", "Bcc"),
        ({"Received": "from here"}, "header", "Received"),
        ({"DKIM-Signature": "v=1"}, "header", "DKIM-Signature"),
        ({"In-Reply-To": "no id"}, "in-reply-to", "in-reply-to"),
        ({"Resent-To": CAT}, "message", "Resent-"),
        ({"X-A\nBcc": CAT}, "header", "name of a header"),
        ({"X-Ünï": "7"}, "header", "X-Ünï"),
    ],
)
def test_headers_that_would_say_something_else_are_refused(
    headers: dict[str, str], field: str, word: str
) -> None:
    error = refused(email(headers=headers))

    assert error.field == field
    assert word in str(error)


def test_people_are_taken_as_they_were_written() -> None:
    said = message_of(
        email(
            from_email="Zoë <zoë@example.org>",
            to=["Bea <CaseSensitive@example.net>", ""],
            cc=["jürgen@müller.example"],
            bcc=[f"Cat <{CAT}>"],
            headers={"to": "Bea Bee <CaseSensitive@example.net>"},
        )
    )

    assert said.from_ == "Zoë <zoë@example.org>"
    assert said.to == ("Bea Bee <CaseSensitive@example.net>",)
    assert (said.cc, said.bcc) == (("jürgen@müller.example",), (f"Cat <{CAT}>",))
    assert said.headers == ()


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
@pytest.mark.parametrize(
    "item", [f"{BEA}, {CAT}", f"{BEA};{CAT}", f"Bea <{BEA}>, {CAT}", "Bea, x <b@x.org>"]
)
def test_one_item_is_one_mailbox(field: str, item: str) -> None:
    """A form's field is not to write to further people, as Django sees to itself."""
    error = refused(email(**{field: [item]}))

    assert (error.field, error.code) == (field, "address")


class Team(EmailMessage):  # type: ignore[misc] # Django has no types
    """Says itself who gets it, as Django's documentation asks of a subclass."""

    everybody: tuple[str, ...] = ()

    def recipients(self) -> list[str]:
        return list(self.everybody)


def test_people_whom_only_a_subclass_names_get_blind_copies() -> None:
    team = Team("s", "b", "mara@example.org", [BEA], bcc=["dan@example.net"])
    team.everybody = (f"Bea <{BEA}>", "dan@example.net", CAT, CAT)
    said = message_of(team)

    assert (said.to, said.bcc) == ((BEA,), ("dan@example.net", CAT))


def test_people_whom_a_subclass_leaves_out_are_not_written_to() -> None:
    team = Team("s", "b", "mara@example.org", [BEA], cc=[CAT])
    team.everybody = (BEA,)
    error = refused(team)

    assert CAT in str(error)
    assert error.field == "cc"


def test_the_sender_is_one_mailbox() -> None:
    error = refused(email(from_email="Doe, John <john@example.org>"))

    assert (error.field, error.code) == ("from", "address")


def test_an_alternative_that_would_become_a_file_is_refused() -> None:
    invitation = EmailMultiAlternatives("s", "b", "mara@example.org", [BEA])
    invitation.attach_alternative("BEGIN:VCALENDAR", "text/calendar")

    assert "invitation" in str(refused(invitation))


def test_half_of_a_character_is_refused() -> None:
    assert refused(email(body="\ud800")).field == "message"


def test_a_file_whose_charset_would_be_forgotten_is_refused() -> None:
    latin = email()
    latin.encoding = "iso-8859-1"
    latin.attach("prices.csv", "é", "text/csv")

    assert "iso-8859-1" in str(refused(latin))


def test_a_mail_without_a_name_within_a_mail_gets_one() -> None:
    outer = email()
    outer.attach(None, email(subject="inner"), "message/rfc822")
    (file,) = message_of(outer).attachments

    assert isinstance(file, Attachment)
    assert file.name.endswith(".eml")
    assert b"Subject: inner" in bytes(file.source)  # type: ignore[arg-type]


def test_texts_are_kept() -> None:
    text = "From here\r\n.dot\r\n" + "x" * 2000 + "\nend\n"
    said = message_of(email(subject="é" * 200, body=text))

    assert (said.subject, said.text) == ("é" * 200, text.replace("\r\n", "\n"))
    assert (said.makes_text, said.is_signed) == (False, False)


def test_what_a_subclass_writes_counts() -> None:
    class Stamped(EmailMessage):  # type: ignore[misc] # Django has no types
        def message(self) -> Any:
            made = super().message()
            made["X-Stamp"] = "7"
            return made

    said = message_of(Stamped("s", "b", "mara@example.org", [BEA]))

    assert said.headers == (("X-Stamp", "7"),)


def test_messages_of_the_newer_kind_are_read() -> None:
    """Django 6 makes those of Python's standard library."""

    class Modern(EmailMessage):  # type: ignore[misc] # Django has no types
        def message(self) -> Any:
            from email.message import EmailMessage as Made  # noqa: PLC0415 - one name

            made = Made()
            made["Subject"], made["To"] = "Grüße", BEA
            made.set_content("Hällo\n")
            return made

    said = message_of(Modern("s", "b", "mara@example.org", [BEA]))

    assert (said.subject, said.text) == ("Grüße", "Hällo\n")
