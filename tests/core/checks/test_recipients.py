from typing import Any

import pytest

from tests.core.sample import address, draft
from tuimail.core.checks.context import Context
from tuimail.core.checks.recipients import check
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity

COLLECTOR = address("collector@evil.example")


def found(given: Draft, *own: str, **known: Any) -> list[Finding]:
    return list(check(given, Context(own_domains=frozenset(own), **known)))


def codes(given: Draft, *own: str, **known: Any) -> list[str]:
    return [finding.code for finding in found(given, *own, **known)]


def of(code: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def test_harmless_addresses_are_fine() -> None:
    assert not found(draft())


@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc", "reply_to"])
def test_a_name_that_is_another_address_is_found_in_every_field(field: str) -> None:
    liar = address("a@corp.example", "ceo@bank.example")

    seen = found(
        draft(**{field: liar if field == "sender" else (liar,)}), "corp.example"
    )

    assert "addr.display-name-address" in [finding.code for finding in seen]
    assert {f.field for f in seen} <= {"from", "to", "cc", "bcc", "reply-to"}


def test_the_name_is_judged_as_readers_see_it() -> None:
    hidden = address("y@good.example", "=?utf-8?q?=22x=22=40evil.example?=")

    assert codes(draft(to=(hidden,))) == ["addr.display-name-address"]


@pytest.mark.parametrize(
    "name", ["=?utf-8?b?a?=", "=?x-none?q?a=40b?=", "=?utf-16?q?=40a?="]
)
def test_a_name_that_cannot_be_decoded_is_taken_as_it_is(name: str) -> None:
    assert not found(draft(to=(address("y@good.example", name),)))


def test_a_name_that_is_the_address_itself_is_fine() -> None:
    honest = address("bob@partner.example", "Bob (BOB@partner.example)")

    assert not found(draft(to=(honest,)))


def test_an_international_domain_is_shown_in_both_forms() -> None:
    (finding,) = found(draft(to=(address("u@bücher.example"),)))

    assert finding.code == "addr.idn-domain"
    assert finding.severity is Severity.INFO
    assert "xn--bcher-kva.example" in finding.message


def test_a_domain_that_mixes_scripts_is_found() -> None:
    seen = codes(draft(to=(address("user@b\u0430nk.example"),)))

    assert seen == ["addr.idn-domain", "addr.mixed-script"]


def test_mail_with_nobody_but_blind_copies_is_noted() -> None:
    seen = found(draft(to=(), bcc=(address("x@corp.example"),)))

    assert [(f.code, f.severity) for f in seen] == [("rcpt.bcc-only", Severity.INFO)]


def test_a_blind_copy_with_only_cc_is_not_blind_copies_only() -> None:
    given = draft(
        to=(), cc=(address("c@partner.example"),), bcc=(address("b@partner.example"),)
    )

    assert not found(given)


def test_a_blind_copy_to_ones_own_other_domain_is_fine() -> None:
    given = draft(bcc=(COLLECTOR,))

    assert codes(given) == ["rcpt.bcc-external"]
    assert not found(given, "evil.example")


@pytest.mark.parametrize("where", ["corp.example", "partner.example", "own.example"])
def test_answers_to_the_sender_a_recipient_or_oneself_are_fine(where: str) -> None:
    given = draft(reply_to=(address(f"desk@{where}"),))

    assert not found(given, "own.example")
