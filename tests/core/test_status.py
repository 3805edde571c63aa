from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.corpus import rows
from tuimail.core.status import (
    QUOTE_LIMIT,
    Judgement,
    Outcome,
    Stage,
    enhanced_code,
    reason,
    smtp_verdict,
)
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    RecipientState,
    VerdictKind,
)

GO_ON = Judgement()
SENT = Judgement(kind=VerdictKind.SENT)
DEFERRED = Judgement(kind=VerdictKind.DEFERRED)
REFUSED = Judgement(kind=VerdictKind.REFUSED)
UNKNOWN = Judgement(kind=VerdictKind.UNKNOWN)
BAD_ADDRESS = replace(REFUSED, is_bad_address=True)
TOO_MANY = replace(DEFERRED, is_too_many_recipients=True)
GREYLISTED = replace(DEFERRED, wait=timedelta(minutes=5))
SLOW_DOWN = replace(DEFERRED, wait=timedelta(minutes=15), is_about_account=True)
LOGIN = Judgement(fault=AccountFault.LOGIN)
NO_TLS = Judgement(fault=AccountFault.CERTIFICATE)
QUOTA = Judgement(
    fault=AccountFault.QUOTA, wait=timedelta(hours=24), is_about_account=True
)

BEFORE_MAIL = (Stage.CONNECT, Stage.GREETING, Stage.EHLO)


def judge(stage: Stage, reply: str) -> Judgement:
    """Judge a reply as it stands on the wire, leaving the enhanced code out."""
    code, _, text = reply.partition(" ")
    return replace(smtp_verdict(stage=stage, code=int(code), text=text), enhanced="")


@pytest.mark.parametrize(
    ("stage", "reply", "judgement"),
    [
        # Yes, and go on.
        (Stage.GREETING, "220 mail.example ESMTP", GO_ON),
        (Stage.EHLO, "250 SIZE 1000", GO_ON),
        (Stage.STARTTLS, "220 go ahead", GO_ON),
        (Stage.AUTH, "235 2.7.0 welcome", GO_ON),
        (Stage.MAIL, "250 ok", GO_ON),
        (Stage.RCPT, "251 2.1.5 will forward", GO_ON),
        (Stage.RCPT, "252 cannot verify", GO_ON),
        (Stage.DATA, "354 go ahead", GO_ON),
        (Stage.END_OF_DATA, "250 2.0.0 Ok: queued as 4F2A", SENT),
        (Stage.END_OF_DATA, "299 strange but good", SENT),
        # Silence, and what is no reply.
        (Stage.CONNECT, "0", DEFERRED),
        (Stage.DATA, "0", DEFERRED),
        (Stage.END_OF_DATA, "0", UNKNOWN),
        (Stage.END_OF_DATA, "999 what", UNKNOWN),
        (Stage.END_OF_DATA, "199 what", UNKNOWN),
        (Stage.END_OF_DATA, "354 go on", UNKNOWN),
        (Stage.MAIL, "354 go on", DEFERRED),
        (Stage.DATA, "250 ok", DEFERRED),
        (Stage.AUTH, "334 one more", LOGIN),
        # The session.
        (Stage.GREETING, "421 4.3.2 too busy", DEFERRED),
        (Stage.GREETING, "554 5.3.2 no service", DEFERRED),
        (Stage.EHLO, "550 5.7.1 not you", DEFERRED),
        (Stage.STARTTLS, "454 4.7.0 TLS not available", DEFERRED),
        (Stage.STARTTLS, "502 5.5.1 unknown", NO_TLS),
        # The login.
        (Stage.AUTH, "535 5.7.8 wrong", LOGIN),
        (Stage.AUTH, "534 5.7.9 wants an app password", LOGIN),
        (Stage.AUTH, "504 5.5.4 no such mechanism", LOGIN),
        (Stage.AUTH, "454 4.7.0 too many attempts", SLOW_DOWN),
        (Stage.AUTH, "454 later", DEFERRED),
        (Stage.AUTH, "432 4.7.12 a password change is needed", DEFERRED),
        (Stage.AUTH, "421 closing", DEFERRED),
        (Stage.MAIL, "530 5.7.0 Authentication required", LOGIN),
        (Stage.RCPT, "530 log in", LOGIN),
        (Stage.DATA, "535 log in", LOGIN),
        # The sender and the size.
        (Stage.MAIL, "553 5.1.8 not yours", REFUSED),
        (Stage.MAIL, "550 5.7.1 may not send as", REFUSED),
        (Stage.MAIL, "552 5.3.4 too big", REFUSED),
        (Stage.MAIL, "452 4.3.1 no space", DEFERRED),
        # Recipients.
        (Stage.RCPT, "450 4.2.0 Greylisted", GREYLISTED),
        (Stage.RCPT, "450 4.2.1 too quickly", GREYLISTED),
        (Stage.RCPT, "451 4.7.1 Greylisted", GREYLISTED),
        (Stage.RCPT, "451 local error", DEFERRED),
        (Stage.RCPT, "452 4.2.2 full", DEFERRED),
        (Stage.RCPT, "452 4.5.3 too many", TOO_MANY),
        (Stage.RCPT, "452 too many", TOO_MANY),
        (Stage.RCPT, "552 too many", TOO_MANY),
        (Stage.RCPT, "552 5.5.3 too many", TOO_MANY),
        (Stage.RCPT, "552 5.2.2 full", REFUSED),
        (Stage.RCPT, "550 5.1.1 unknown", BAD_ADDRESS),
        (Stage.RCPT, "550 5.1.2 no such domain", BAD_ADDRESS),
        (Stage.RCPT, "501 5.1.3 bad syntax", BAD_ADDRESS),
        (Stage.RCPT, "551 5.1.6 moved", BAD_ADDRESS),
        (Stage.RCPT, "556 5.1.10 null MX", BAD_ADDRESS),
        (Stage.RCPT, "551 not here", BAD_ADDRESS),
        (Stage.RCPT, "553 not allowed", BAD_ADDRESS),
        (Stage.RCPT, "550 no", REFUSED),
        (Stage.RCPT, "550 5.7.1 policy", REFUSED),
        (Stage.RCPT, "550 5.1.11 no prefix of another code", REFUSED),
        (Stage.RCPT, "554 5.2.1 disabled", REFUSED),
        # The content.
        (Stage.DATA, "554 5.5.1 no valid recipients", REFUSED),
        (Stage.END_OF_DATA, "451 4.7.1 later", GREYLISTED),
        (Stage.END_OF_DATA, "452 4.3.1 no space", DEFERRED),
        (Stage.END_OF_DATA, "554 5.7.1 spam", REFUSED),
        (Stage.END_OF_DATA, "550 5.6.0 content", REFUSED),
        (Stage.END_OF_DATA, "552 too big", REFUSED),
        # Limits in the clothes of a message.
        (Stage.RCPT, "550 5.4.5 Daily user sending limit exceeded", QUOTA),
        (Stage.END_OF_DATA, "550 5.4.5 Daily user sending limit exceeded", QUOTA),
        (Stage.RCPT, "451 4.7.500 Server busy", SLOW_DOWN),
        (Stage.END_OF_DATA, "421 4.7.0 rate", SLOW_DOWN),
        (Stage.MAIL, "454 4.7.0 rate", SLOW_DOWN),
        (Stage.END_OF_DATA, "432 4.3.2 thread limit", DEFERRED),
        (Stage.END_OF_DATA, "550 5.5.0 Service unavailable", DEFERRED),
        # The code rules over the enhanced code and over the words.
        (Stage.END_OF_DATA, "451 see 5.1.1 in the docs", DEFERRED),
        (Stage.RCPT, "451 5.1.1 contradiction", DEFERRED),
        (Stage.RCPT, "550 4.5.3 contradiction", REFUSED),
    ],
)
def test_a_reply_means(stage: Stage, reply: str, judgement: Judgement) -> None:
    assert judge(stage, reply) == judgement


@given(stage=st.sampled_from(Stage), code=st.integers(-5, 1200), text=st.text())
def test_every_reply_means_something(stage: Stage, code: int, text: str) -> None:
    found = smtp_verdict(stage=stage, code=code, text=text)

    assert found.kind is None or found.fault is None
    if stage is Stage.END_OF_DATA:
        assert found.kind is not None or found.fault is not None


@given(code=st.integers(400, 599), text=st.text())
def test_a_refusal_at_the_end_is_never_unknown(code: int, text: str) -> None:
    """Not accepted is certain, so trying again is safe."""
    found = smtp_verdict(stage=Stage.END_OF_DATA, code=code, text=text)

    assert found.kind not in {VerdictKind.UNKNOWN, VerdictKind.SENT}


@given(
    stage=st.sampled_from([s for s in Stage if s is not Stage.END_OF_DATA]),
    code=st.integers(-5, 1200),
    text=st.text(),
)
def test_nothing_is_sent_or_unknown_before_the_content_is_out(
    stage: Stage, code: int, text: str
) -> None:
    found = smtp_verdict(stage=stage, code=code, text=text)

    assert found.kind not in {VerdictKind.UNKNOWN, VerdictKind.SENT}


@given(stage=st.sampled_from(BEFORE_MAIL), code=st.integers(400, 599))
def test_before_a_message_is_named_nothing_is_refused_for_good(
    stage: Stage, code: int
) -> None:
    assert judge(stage, f"{code} no") == DEFERRED


FINDINGS: dict[str, set[VerdictKind | None]] = {
    "smtp.sent": {SENT.kind},
    "smtp.defer": {DEFERRED.kind},
    "smtp.defer-rcpt": {DEFERRED.kind},
    "smtp.fail": {REFUSED.kind},
    "smtp.hold-account": {None},
    "smtp.unknown": {UNKNOWN.kind},
}
SILENT = {"close", "hang"}
NOT_ABOUT_A_REPLY = frozenset({
    "smtp-003",  # the reply goes on; the row is about what comes after
    "smtp-004", "smtp-005",  # QUIT
    "smtp-013", "smtp-014", "smtp-020", "smtp-022", "smtp-033",  # the provider
    "smtp-009",  # the connection breaks in the middle of the content
    "smtp-035", "smtp-036", "smtp-037",  # the handshake
})  # fmt: skip


def at(event: Any) -> tuple[Stage, int, str]:
    name = event["at"].partition(":")[0].replace("-", "_")
    if "reply" not in event or event["reply"][3:4] == "-":
        stage = Stage.END_OF_DATA if name == "after_end_of_data" else Stage(name)
        return stage, 0, ""
    return Stage(name), int(event["reply"][:3]), event["reply"][4:]


@pytest.mark.parametrize(
    "row",
    rows("smtp_response", leaving_out=NOT_ABOUT_A_REPLY),
)
def test_the_corpus_agrees(row: Any) -> None:
    stage, code, text = at(row["input"]["events"][0])

    found = smtp_verdict(stage=stage, code=code, text=text)

    assert found.kind in FINDINGS[row["expect"].partition(":")[2]]
    assert (found.fault is not None) == row["expect"].endswith("hold-account")


def test_an_enhanced_code_is_kept_even_where_it_is_not_believed() -> None:
    found = smtp_verdict(stage=Stage.RCPT, code=451, text="5.1.1 contradiction")

    assert found.enhanced == "5.1.1"


@pytest.mark.parametrize(
    ("text", "enhanced"),
    [
        ("4.2.2 full", "4.2.2"),
        ("452 4.2.2 full", "4.2.2"),
        ("550-5.1.1 unknown\n5.1.1 user", "5.1.1"),
        ("5.1.1", "5.1.1"),
        ("see 5.1.1", ""),
        ("5.1.1.7 is an address", ""),
        ("3.1.1 no class", ""),
        ("", ""),
    ],
)
def test_an_enhanced_code_stands_at_the_beginning(text: str, enhanced: str) -> None:
    assert enhanced_code(text) == enhanced


def receipt(stage: str, code: int, text: str) -> Receipt:
    return Receipt(stage=stage, code=code, enhanced=enhanced_code(text), text=text)


@pytest.mark.parametrize(
    ("stage", "code", "text", "outcome", "sentence"),
    [
        (
            "rcpt", 452, "4.2.2 mailbox full", VerdictKind.DEFERRED,
            "The mailbox is full: 452 4.2.2 mailbox full",
        ),
        (
            "rcpt", 450, "4.2.0 Greylisted", RecipientState.DEFERRED,
            "The mailbox cannot take mail right now: 450 4.2.0 Greylisted",
        ),
        (
            "rcpt", 550, "550 5.1.1 User unknown", RecipientState.INVALID,
            "There is no such mailbox: 550 5.1.1 User unknown",
        ),
        (
            "rcpt", 550, "no", RecipientState.REJECTED,
            "The server did not take the recipient: 550 no",
        ),
        (
            "end_of_data", 554, "5.7.1 spam", VerdictKind.REFUSED,
            "The server's rules do not allow it: 554 5.7.1 spam",
        ),
        (
            "end_of_data", 421, "4.7.0 slowly", VerdictKind.DEFERRED,
            "The server asks to slow down: 421 4.7.0 slowly",
        ),
        (
            "end_of_data", 451, "see 5.1.1", VerdictKind.DEFERRED,
            "The server has a problem of its own: 451 see 5.1.1",
        ),
        (
            "rcpt", 451, "5.1.1 contradiction", VerdictKind.DEFERRED,
            "The server has a problem of its own: 451 5.1.1 contradiction",
        ),
        (
            "rcpt", 550, "5.9.9 a subject of its own", VerdictKind.REFUSED,
            "The server did not take the recipient: 550 5.9.9 a subject of its own",
        ),
        (
            "auth", 432, "4.7.12 change it", VerdictKind.DEFERRED,
            "The server wants the password to be changed first: 432 4.7.12 change it",
        ),
        (
            "connect", 0, "Connection refused", VerdictKind.DEFERRED,
            "The server could not be reached: Connection refused",
        ),
        (
            "mail", 0, "", RecipientState.DEFERRED,
            "The connection broke off before the message was handed over",
        ),
        (
            "mail", 0, "5000 bytes, and the server takes 1000", VerdictKind.REFUSED,
            "It cannot be sent this way: 5000 bytes, and the server takes 1000",
        ),
        (
            "end_of_data", 0, "", VerdictKind.UNKNOWN,
            "The whole message went out and no answer came, so it may have arrived",
        ),
        (
            "end_of_data", 250, "2.0.0 Ok: queued as 4F2A", VerdictKind.SENT,
            "Accepted by the provider: 250 2.0.0 Ok: queued as 4F2A",
        ),
        (
            "auth", 535, "5.7.8 bad", AccountFault.LOGIN,
            "The server refused the user name or the password: 535 5.7.8 bad",
        ),
        ("", 0, "", RecipientState.PENDING, "Not tried yet"),
        ("rcpt", 450, "later", RecipientState.FAILED, "Given up: 450 later"),
        ("http", 422, "", VerdictKind.REFUSED, "The provider did not take it: 422"),
        (
            "reply", 200, "blocked", VerdictKind.REFUSED,
            "The provider does not send to this recipient: 200 blocked",
        ),
        (
            "request", 200, "ok", VerdictKind.DEFERRED,
            "The provider said yes before it had the whole message: 200 ok",
        ),
    ],
)  # fmt: skip
def test_a_reason_is_plain_and_ends_in_the_servers_words(
    stage: str, code: int, text: str, outcome: Outcome, sentence: str
) -> None:
    assert reason(receipt(stage, code, text), outcome) == sentence


def test_a_reply_of_several_lines_is_quoted_in_one() -> None:
    text = "5.1.1 The account that you\n5.1.1 tried to  reach\r\n5.1.1 is not there"

    said = reason(receipt("rcpt", 550, text), VerdictKind.REFUSED)

    assert said.endswith("550 5.1.1 The account that you tried to reach is not there")


def test_a_long_reply_is_cut_in_the_reason() -> None:
    said = reason(receipt("rcpt", 550, "x" * 5000), VerdictKind.REFUSED)

    assert said.endswith("x…")
    assert len(said) < QUOTE_LIMIT + 100


@given(
    stage=st.sampled_from(["", "http", *Stage]),
    code=st.integers(0, 999),
    enhanced=st.sampled_from(["", "4", "5.1", "4.2.2", "5.1.1", "nonsense"]),
    text=st.text(),
    outcome=st.sampled_from([*VerdictKind, *RecipientState, *AccountFault]),
)
def test_there_is_a_reason_for_everything(
    stage: str, code: int, enhanced: str, text: str, outcome: Outcome
) -> None:
    given_receipt = Receipt(stage=stage, code=code, enhanced=enhanced, text=text)

    assert reason(given_receipt, outcome)[0].isupper()
    assert "\n" not in reason(given_receipt, outcome)
