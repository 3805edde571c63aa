"""From an answer to what it means for each recipient."""

from datetime import UTC, datetime

import pytest

from tuimail.core.http_reasons import HttpStage
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import ID_LIMIT, SHOWN_ID, Told, judge, verdicts
from tuimail.testing import envelope_to

ANA, BEN = "ana@example.net", "ben@example.net"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
OKAY = Exchanged(stage=HttpStage.REPLY, server="api.example.org:443", status=200)
SENT, REFUSED = VerdictKind.SENT, VerdictKind.REFUSED


def told(*addresses: str, **found: Told) -> Verdicts:
    return verdicts(
        envelope_to(*addresses),
        OKAY,
        Judgement(kind=SENT),
        told=found,
        provider_message_id="all",
    )


def test_a_server_that_did_not_prove_itself_is_the_accounts_fault() -> None:
    found = Exchanged(
        stage=HttpStage.CONNECT,
        server="api.example.org:443",
        error="The server did not prove who it is: expired.",
        fault=AccountFault.CERTIFICATE,
    )
    judgement = judge(found, has_structure=False, now=NOW)
    outcome = verdicts(envelope_to(ANA), found, judgement)

    assert outcome.fault is AccountFault.CERTIFICATE
    assert outcome.fault_receipt.text == found.error


def test_half_an_answer_has_no_structure_whatever_it_looks_like() -> None:
    found = Exchanged(
        stage=HttpStage.REPLY, server="", status=200, body=b"{}", error="It broke off."
    )

    assert judge(found, has_structure=True, now=NOW).kind is VerdictKind.UNKNOWN


def test_what_is_said_about_one_recipient_is_kept_with_that_one() -> None:
    one = Told(
        kind=REFUSED, text="no such user", provider_message_id="7", is_bad_address=True
    )
    outcome = told(ANA, BEN, **{ANA: Told(kind=SENT), BEN: one})

    ana, ben = outcome.by_recipient
    assert (ana.receipt.provider_message_id, ana.is_bad_address) == ("all", False)
    assert (ben.kind, ben.receipt.text, ben.is_bad_address) == (
        REFUSED,
        "no such user",
        True,
    )
    assert ben.receipt.provider_message_id == "7"


def test_an_address_may_come_back_in_other_capitals() -> None:
    outcome = told("Ana@Example.net", **{ANA: Told(kind=SENT)})

    assert outcome.by_recipient[0].kind is SENT


def test_capitals_that_tell_two_recipients_apart_are_not_mixed_up() -> None:
    lists = {"ANA@example.net": Told(kind=SENT), ANA: Told(kind=REFUSED)}
    outcome = told("Ana@example.net", ANA, "ANA@example.net", **lists)

    kinds = [verdict.kind for verdict in outcome.by_recipient]
    assert kinds == [VerdictKind.UNKNOWN, REFUSED, SENT]


def test_who_is_not_listed_in_a_refusal_is_refused_with_it() -> None:
    outcome = verdicts(
        envelope_to(ANA, BEN),
        OKAY,
        Judgement(kind=REFUSED),
        told={BEN: Told(kind=REFUSED, text="suppressed")},
    )

    assert [verdict.kind for verdict in outcome.by_recipient] == [REFUSED, REFUSED]


def test_an_id_without_end_is_cut() -> None:
    outcome = verdicts(
        envelope_to(ANA), OKAY, Judgement(kind=SENT), provider_message_id="x" * 10_000
    )

    assert len(outcome.by_recipient[0].receipt.provider_message_id) == ID_LIMIT


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("\ud800", "\\ud800"),
        ("a\x00b\x1b[31m", "a\\x00b\\x1b[31m"),
        ("a\r\nb\u2028", "a\\r\\nb\\u2028"),
        ("<7@example.org> é", "<7@example.org> é"),
        ("\ud800" * 10_000, ("\\ud800" * 100)[:ID_LIMIT]),
    ],
)
def test_an_id_is_kept_on_one_line_that_can_be_stored(said: str, kept: str) -> None:
    """JSON can name half a surrogate pair, and anything else."""
    one = Told(kind=SENT, text=f"\ud800\n{'x' * 9000}", provider_message_id=said)
    for_one = told(ANA, **{ANA: one}).by_recipient[0].receipt
    outcome = verdicts(
        envelope_to(ANA), OKAY, Judgement(kind=SENT), provider_message_id=said
    )

    assert for_one.provider_message_id == kept
    assert for_one.text.startswith("\\ud800\nxxx")
    assert outcome.by_recipient[0].receipt.provider_message_id == kept


def test_of_a_lost_answer_it_is_kept_how_the_line_was_secured() -> None:
    found = Exchanged(stage=HttpStage.REPLY, server="api.example:443", tls="TLS 1.3")

    lost = verdicts(envelope_to(ANA), found, Judgement(kind=VerdictKind.UNKNOWN))

    said = lost.by_recipient[0].session
    assert said == "api.example:443 over HTTP, TLS 1.3: no status"


@pytest.mark.parametrize(
    ("status", "headers", "session"),
    [
        (502, {"cf-ray": "8f-FRA"}, "status 502, request id 8f-FRA"),
        (502, {"x-request-id": "a\n\x1b[2Jb" * 90}, None),
        (0, {}, "no status"),
    ],
)
def test_of_a_lost_answer_it_is_kept_who_was_asked_and_what_was_said(
    status: int, headers: dict[str, str], session: str | None
) -> None:
    found = Exchanged(
        stage=HttpStage.REPLY, server="api.example:443", status=status, headers=headers
    )

    lost = verdicts(envelope_to(ANA), found, Judgement(kind=VerdictKind.UNKNOWN))
    known = verdicts(envelope_to(ANA), found, Judgement(kind=REFUSED))

    said = lost.by_recipient[0].session
    assert known.by_recipient[0].session == ""
    assert said.startswith("api.example:443 over HTTP: ")
    assert "\n" not in said
    assert len(said) <= SHOWN_ID + 60
    assert session is None or said.endswith(session)
