from dataclasses import replace

import pytest

from tuimail.core.message import Envelope, EnvelopeRecipient, Role, release_digest
from tuimail.core.service import ServiceOptions


def recipient(name: str, role: Role = Role.TO) -> EnvelopeRecipient:
    text = f"{name}@b.example"
    return EnvelopeRecipient(role=role, address=text, wire_address=text)


ENVELOPE = Envelope(
    return_path="a@b.example", recipients=(recipient("b"), recipient("c", Role.BCC))
)


def digest(
    envelope: Envelope = ENVELOPE, *, message: str = "m", account: str = "x"
) -> str:
    return release_digest(
        message_digest=message, envelope=envelope, account_fingerprint=account
    )


def test_an_envelope_needs_a_recipient() -> None:
    with pytest.raises(ValueError, match="at least one recipient"):
        Envelope(return_path="a@b.example", recipients=())


def test_an_envelope_names_nobody_twice() -> None:
    with pytest.raises(ValueError, match="nobody twice"):
        Envelope(return_path="", recipients=(recipient("b"), recipient("b", Role.BCC)))


def test_the_release_digest_stays_the_same_between_releases() -> None:
    """Approvals are stored with it."""
    assert digest() == (
        "7f423aee97e058ac41a9cc735567b226a47c6d543edc37825e134362c32eb35c"
    )


@pytest.mark.parametrize(
    "other",
    [
        digest(message="n"),
        digest(account="y"),
        digest(replace(ENVELOPE, return_path="")),
        digest(replace(ENVELOPE, needs_smtputf8=True)),
        digest(replace(ENVELOPE, service=ServiceOptions(track_opens=True))),
        digest(replace(ENVELOPE, recipients=(recipient("b"),))),
        digest(
            replace(ENVELOPE, recipients=(recipient("b"), recipient("d", Role.BCC)))
        ),
        digest(replace(ENVELOPE, recipients=(recipient("b"), recipient("c", Role.CC)))),
    ],
)
def test_the_release_digest_covers_bytes_recipients_and_account(other: str) -> None:
    assert other != digest()


def test_the_order_of_recipients_does_not_change_the_release_digest() -> None:
    turned = replace(ENVELOPE, recipients=ENVELOPE.recipients[::-1])

    assert digest(turned) == digest()
