from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.sample import address, draft
from tuimail.core.address import parse_addresses
from tuimail.core.checks import every
from tuimail.core.checks.context import NOTHING_KNOWN, Context
from tuimail.core.checks.headers import HEADER_LIMIT_BYTES, RECEIPT_HEADERS, check
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.service import Category, ServiceOptions
from tuimail.core.wire.headers import AddressHeader, write_header

ONE_CLICK = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def found(given: Draft, context: Context = NOTHING_KNOWN) -> list[Finding]:
    return list(check(given, context))


def with_headers(*headers: tuple[str, str], **fields: Any) -> Draft:
    return draft(headers=headers, **fields)


def unsubscribe(value: str, *more: tuple[str, str]) -> Draft:
    return with_headers(("List-Unsubscribe", value), *more)


TAKEN = [row for row in rows("header") if row.values[0]["expect"] != "reject"]
"""What is refused has no findings; that is for the grammar, and tested there."""


def corpus_draft(given: Any) -> Draft:
    if given.get("field") == "to":
        return draft(to=parse_addresses(given["value"], field="to"))
    if given.get("field") == "display_name":
        return draft(to=(address("bob@partner.example", given["value"]),))
    return with_headers((given["header"], given["value"]))


@pytest.mark.parametrize("row", TAKEN)
def test_the_corpus_agrees(row: Any) -> None:
    seen = [f for f in every.run(corpus_draft(row["input"])) if f.severity != "info"]

    assert [finding.code for finding in seen] == [
        code for code in [row["expect"].partition(":")[2]] if code
    ]


def test_ordinary_headers_are_fine() -> None:
    assert not found(with_headers(("X-Campaign-ID", "weekly"), ("Comments", "None.")))


@pytest.mark.parametrize("name", sorted(RECEIPT_HEADERS))
def test_a_report_to_somebody_else_is_worth_a_look(name: str) -> None:
    (finding,) = found(with_headers((name.title(), "Spy <spy@evil.example>")))

    assert finding.code == "hdr.receipt-request"
    assert finding.severity is Severity.WARNING
    assert "spy@evil.example" in finding.message


@pytest.mark.parametrize(
    "value",
    [
        "agent@corp.example",
        "Agent <AGENT@corp.example>",
        "<reports@corp.example>",
        "<desk@corp.example>",
        "",
    ],
)
def test_a_report_to_oneself_is_noted(value: str) -> None:
    given = with_headers(
        ("Disposition-Notification-To", value),
        reply_to=(address("desk@corp.example"),),
    )
    context = Context(own_addresses=frozenset({"reports@corp.example"}))

    (finding,) = found(given, context)

    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    "value",
    [
        "agent@corp.example, spy@evil.example",
        "=?utf-8?q?spy=40evil.example?=",
        "agent@corp.example.evil.example",
        "nobody at all",
        "<root@localhost>",
    ],
)
def test_one_stranger_among_the_reported_to_is_enough(value: str) -> None:
    (finding,) = found(with_headers(("Return-Receipt-To", value)))

    assert finding.severity is Severity.WARNING


def test_a_report_to_whoever_sends_is_noted() -> None:
    (finding,) = found(with_headers(("Generate-Delivery-Report", "yes")))

    assert finding.severity is Severity.INFO


def test_bulk_mail_that_nobody_can_end_is_found() -> None:
    (finding,) = found(draft(service=ServiceOptions(category=Category.BULK)))

    assert finding.code == "hdr.no-unsubscribe"
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("context", "recipients", "begins"),
    [
        (NOTHING_KNOWN, 1, "Give the https address"),
        (NOTHING_KNOWN, 2, "Give the https address"),
        (Context(makes_links=True), 1, "Give the https address"),
        (Context(makes_links=True), 2, "Send a mail of its own to each of the 2,"),
    ],
)
def test_bulk_mail_for_several_is_told_how_each_gets_a_link(
    context: Context, recipients: int, begins: str
) -> None:
    """A link is for one address, so it is for nobody among several."""
    people = tuple(address(f"{name}@b.example") for name in ("ana", "bob")[:recipients])

    (finding,) = found(
        draft(to=people, service=ServiceOptions(category=Category.BULK)), context
    )

    assert finding.hint.startswith(begins)


@pytest.mark.parametrize(
    "fields",
    [
        {"service": ServiceOptions(category=Category.TRANSACTIONAL)},
        {
            "service": ServiceOptions(category=Category.BULK),
            "unsubscribe_url": "https://corp.example/u",
        },
        {
            "service": ServiceOptions(category=Category.BULK),
            "headers": (("list-unsubscribe", "<mailto:u@corp.example>"),),
        },
    ],
)
def test_mail_that_can_be_ended_or_need_not_be_is_fine(fields: Any) -> None:
    assert not found(draft(**fields))


@pytest.mark.parametrize(
    "value",
    [
        "<https://app.example/u?t=1>",
        "<mailto:u@app.example?subject=end>",
        "<mailto:u@app.example>, <https://app.example/u?a=1,2>",
        "(end it) <https://app.example/u(1)>",
        "<http://app.example/u>, <mailto:u@app.example>",
    ],
)
def test_a_way_out_by_hand_that_programs_read_is_fine(value: str) -> None:
    assert not found(unsubscribe(value))


def test_one_click_by_hand_is_fine_with_https() -> None:
    assert not found(unsubscribe("<https://app.example/u>", ONE_CLICK))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (unsubscribe("https://app.example/u"), "no link in angle brackets"),
        (unsubscribe("<https://app.example/u>; x"), "no link in angle brackets"),
        (unsubscribe("<app.example/u>"), "no link in angle brackets"),
        (unsubscribe("<https://app.example/a b>"), "no link in angle brackets"),
        (unsubscribe("<javascript:alert(1)>"), "no link in angle brackets"),
        (unsubscribe("<http://app.example/u>"), "not encrypted"),
        (unsubscribe("<mailto:u@app.example>", ONE_CLICK), "no https link"),
        (unsubscribe("<https://a.example>", (ONE_CLICK[0], "yes")), "that is not"),
        (with_headers(ONE_CLICK), "is missing"),
    ],
)
def test_a_way_out_by_hand_that_no_program_reads_is_found(
    given: Draft, reason: str
) -> None:
    (finding,) = found(given)

    assert (finding.code, finding.severity) == ("hdr.bad-unsubscribe", Severity.WARNING)
    assert reason in finding.message


def many(number: int, name: str = "") -> tuple[Any, ...]:
    return tuple(
        address(f"person{at:06}@partner.example", name) for at in range(number)
    )


@pytest.mark.parametrize("field", ["to", "cc"])
def test_a_header_that_servers_cut_off_is_found_with_numbers(field: str) -> None:
    (finding,) = found(draft(**{field: many(20_000)}))

    assert (finding.code, finding.field) == ("hdr.too-long", field)
    assert "20000 recipients" in finding.message
    assert str(HEADER_LIMIT_BYTES) in finding.message


def test_the_limit_is_that_of_the_written_header() -> None:
    written = write_header(AddressHeader(name="To", addresses=many(1)))
    least = HEADER_LIMIT_BYTES // len(written.encode())

    assert not found(draft(to=many(least)))
    assert found(draft(to=many(least + 400)))


def test_names_count_as_they_are_written() -> None:
    assert not found(draft(to=many(500)))
    assert found(draft(to=many(500, "ü" * 100)))


def test_blind_copies_are_in_no_header() -> None:
    assert not found(draft(bcc=many(20_000)))


@pytest.mark.parametrize("name", ["Mail-Reply-To", "Mail-Followup-To", "Errors-To"])
def test_answers_to_another_site_by_a_header_are_found(name: str) -> None:
    far = draft(headers=((name, "Support <help@corp-support.example>"),))
    near = draft(headers=((name, "help@mail.corp.example, bob@partner.example"),))

    (finding,) = check(far, NOTHING_KNOWN)

    assert finding.code == "hdr.reply-to-mismatch"
    assert "help@corp-support.example" in finding.message
    assert not list(check(near, NOTHING_KNOWN))


def test_orders_to_a_provider_are_told() -> None:
    given = draft(headers=(("X-SES-CONFIGURATION-SET", "a"), ("X-PM-Tag", "b")))

    (finding,) = check(given, NOTHING_KNOWN)

    assert (finding.code, finding.severity) == ("hdr.provider-order", Severity.INFO)
    assert "X-SES-CONFIGURATION-SET, X-PM-Tag" in finding.message
