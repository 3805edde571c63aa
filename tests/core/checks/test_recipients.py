from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.sample import address, draft
from tuimail.core.address import parse_address, parse_addresses
from tuimail.core.checks import every
from tuimail.core.checks.context import Context
from tuimail.core.checks.recipients import check
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.errors import AddressError

COLLECTOR = address("collector@evil.example")


def found(given: Draft, *own: str, **known: Any) -> list[Finding]:
    return list(check(given, Context(own_domains=frozenset(own), **known)))


def codes(given: Draft, *own: str, **known: Any) -> list[str]:
    return [finding.code for finding in found(given, *own, **known)]


def of(code: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


OWN = frozenset({"agent@corp.example", "reports@corp.example"})


def outcome(given: Draft | AddressError, context: Context) -> set[str]:
    """Return what the corpus calls that which became of a draft."""
    if isinstance(given, AddressError):
        return {"reject"}
    seen = [f for f in every.run(given, context) if f.code != "att.forgotten"]
    is_clean = all(finding.severity is Severity.INFO for finding in seen)
    codes = {f"accept-with-finding:{finding.code}" for finding in seen}
    return codes | ({"accept"} if is_clean else set())


def made(**texts: Any) -> Draft | AddressError:
    """Return the draft that people get who type these addresses."""
    try:
        return draft(
            **{
                field: parse_addresses(given, field=field)
                if isinstance(given, list)
                else parse_address(given, field=field)
                for field, given in texts.items()
            }
        )
    except AddressError as error:
        return error


def allowed(row: Any) -> set[str]:
    return {row["expect"], *row.get("also_ok", ())}


@pytest.mark.parametrize("row", rows("address"))
def test_the_corpus_of_addresses_agrees(row: Any) -> None:
    given = row["input"]
    known = frozenset(given.get("context", {}).get("known_domains", ()))

    seen = outcome(made(to=[given["value"]]), Context(known_domains=known))

    assert seen & allowed(row)


@pytest.mark.parametrize("row", rows("spoof", leaving_out=frozenset({"spoof-008"})))
def test_the_corpus_of_deceit_agrees(row: Any) -> None:
    """That mail to nobody is refused is for whoever composes it."""
    given = row["input"]
    fields = {"sender": given["from"] or given["account_address"]}
    fields |= {field: given[field] for field in ("to", "bcc") if field in given}
    fields |= {"reply_to": [given["reply_to"]]} if "reply_to" in given else {}

    seen = outcome(made(**fields), Context(own_addresses=OWN))

    assert seen & allowed(row)


@pytest.mark.parametrize(
    "name",
    [
        "ceo@bank.example",
        "Ceo ceo@bank.example",
        "ceo\uff20bank.example",
        "ceo\ufe6bbank.example",
        "ceo@bank\uff0eexample",
        "ceo (at) bank.example",
        "ceo[AT]bank.example",
        "=?utf-8?b?Y2VvQGJhbmsuZXhhbXBsZQ==?=",
        "=?utf-8?q?ceo=40?= =?utf-8?q?bank.example?=",
        "=?utf-8?q?ceo=EF=BC=A0bank.example?=",
        '"ceo"@bank.example',
        "x ceo@bank.example, partner.example",
        "<ceo@bank.example>",
        "ceo@bank.example via List",
    ],
)
def test_a_name_that_says_another_address_is_found(name: str) -> None:
    (finding,) = found(draft(to=(address("bob@partner.example", name),)))

    assert finding.code == "addr.display-name-address"
    assert "bank.example" in finding.message


@pytest.mark.parametrize(
    "name",
    [
        "Design@Scale",
        "Bob @ Partner",
        "Meet @bob",
        "a@b",
        "Bob at partner.example",
        "bob@partner.example.",
        "bob@PARTNER.example",
    ],
)
def test_a_name_with_a_sign_for_at_may_be_a_name(name: str) -> None:
    assert not found(draft(to=(address("bob@partner.example", name),)))


def test_a_name_may_say_the_address_as_it_is_sent() -> None:
    honest = address("u@bücher.example", "u@xn--bcher-kva.example")

    assert codes(draft(to=(honest,))) == ["addr.idn-domain"]


def test_several_addresses_in_a_name_are_one_finding() -> None:
    liar = address(
        "a@corp.example", "b@x.example, c@x.example; d@x.example e@x.example"
    )

    (finding,) = found(draft(to=(liar,)))

    assert "b@x.example, c@x.example, d@x.example and 1 more" in finding.message


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        ("user@[192.0.2.1]", "addr.literal-domain", Severity.WARNING),
        ("user@[IPv6:2001:db8::1]", "addr.literal-domain", Severity.WARNING),
        ('"john doe"@partner.example', "addr.quoted-local", Severity.WARNING),
        ("jörg@partner.example", "addr.smtputf8", Severity.INFO),
        ("用户@partner.example", "addr.smtputf8", Severity.INFO),
    ],
)
def test_an_unusual_address_is_said_to_be_one(
    text: str, code: str, severity: Severity
) -> None:
    seen = found(draft(to=(parse_address(text, field="to"),)))

    assert (code, severity) in [(f.code, f.severity) for f in seen]


def test_a_local_part_that_mixes_scripts_is_found() -> None:
    seen = codes(draft(to=(address("\u0430dmin@partner.example"),)))

    assert seen == ["addr.mixed-script", "addr.smtputf8"]


def test_a_sender_that_the_account_may_not_use_blocks() -> None:
    (finding,) = found(
        draft(sender=address("someone@other.example")), own_addresses=OWN
    )

    assert (finding.code, finding.severity) == ("hdr.from-not-account", Severity.BLOCK)
    assert "agent@corp.example, reports@corp.example" in finding.message


@pytest.mark.parametrize("sender", ["agent@corp.example", "reports@corp.example"])
def test_a_sender_of_the_account_is_fine(sender: str) -> None:
    assert not found(draft(sender=address(sender)), own_addresses=OWN)


def test_a_sender_in_other_capitals_is_another_one() -> None:
    """RFC 5321 §2.4: only the server of the domain knows whether it is the same."""
    given = draft(sender=address("Agent@corp.example"))

    assert codes(given, own_addresses=OWN) == ["hdr.from-not-account"]


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "reply_to"])
def test_a_domain_that_looks_like_a_known_one_is_found(field: str) -> None:
    given = draft(**{field: (address("x@rnodern.example"),)})

    seen = of(
        "addr.lookalike-domain",
        found(given, known_domains=frozenset({"modern.example"})),
    )

    assert [(f.field, f.place) for f in seen] == [
        (field.replace("_", "-"), "x@rnodern.example")
    ]
    assert "modern.example" in seen[0].message


def test_a_domain_may_look_like_ones_own() -> None:
    given = draft(to=(address("x@c0rp.example"), address("x@0wn.example")))

    seen = of("addr.lookalike-domain", found(given, "own.example"))

    assert [finding.place for finding in seen] == ["x@c0rp.example", "x@0wn.example"]


def test_answers_may_go_to_a_double_of_the_recipient() -> None:
    given = draft(reply_to=(address("bob@partnre.example"),))

    assert "addr.lookalike-domain" in codes(given)


def test_a_known_domain_is_never_a_double() -> None:
    given = draft(to=(address("x@modern.example"), address("x@rnodern.example")))
    both = frozenset({"modern.example", "rnodern.example"})

    assert not found(given, known_domains=both)


def test_a_whole_name_in_look_alike_letters_needs_no_known_one() -> None:
    (finding,) = of(
        "addr.lookalike-domain",
        found(draft(to=(address("x@\u0430\u0440\u0440\u04cf\u0435.example"),))),
    )

    assert "apple.example" in finding.message
    assert "xn--" in finding.message


def test_among_many_unknown_domains_some_are_alike_by_chance() -> None:
    few = tuple(address(f"x@company{letter}.example") for letter in "ab")
    many = tuple(
        address(f"x@company{one}{two}.example")
        for one in "abcdefgh"
        for two in "abcdefgh"
    )

    assert of("addr.lookalike-domain", found(draft(to=few)))
    assert not of("addr.lookalike-domain", found(draft(to=many)))


def test_an_ip_address_looks_like_no_domain() -> None:
    given = draft(to=(parse_address("a@[192.0.2.1]", field="to"),))

    assert codes(given) == ["addr.literal-domain"]


def test_a_mailbox_that_is_named_twice_is_noted() -> None:
    bob = address("bob@partner.example")

    (finding,) = found(draft(to=(bob,), bcc=(bob,)))

    assert (finding.code, finding.severity) == ("rcpt.twice", Severity.INFO)
    assert finding.field == "bcc"
    assert finding.message.startswith("bob@partner.example is named more than once")


def test_a_mailbox_in_other_capitals_gets_two_copies() -> None:
    given = draft(cc=(address("Bob@partner.example"), address("bob@partner.example")))

    (finding,) = found(given)

    assert (finding.code, finding.severity) == ("rcpt.twice", Severity.WARNING)
    assert "for two copies" in finding.message


def test_many_that_are_named_twice_are_one_finding() -> None:
    people = tuple(address(f"p{number}@partner.example") for number in range(9))

    (finding,) = found(draft(to=people, cc=people))

    assert "p2@partner.example and 6 more are named" in finding.message


def test_first_mails_are_one_note() -> None:
    given = draft(
        cc=tuple(address(f"p{number}@partner.example") for number in range(9)),
        bcc=(address("agent@corp.example"),),
    )

    (finding,) = found(given, known_addresses=frozenset({"bob@partner.example"}))

    assert (finding.code, finding.severity) == ("rcpt.new", Severity.INFO)
    assert finding.field == "cc"
    assert "p0@partner.example, p1@partner.example, p2@partner.example and 6 more" in (
        finding.message
    )


@pytest.mark.parametrize("known", [None, frozenset({"bob@partner.example"})])
def test_who_is_known_or_cannot_be_is_not_new(known: frozenset[str] | None) -> None:
    assert not found(draft(), known_addresses=known)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"bcc": "x@evil{}.example"}, "rcpt.bcc-external"),
        ({"reply_to": "x@evil{}.example"}, "hdr.reply-to-mismatch"),
        ({"cc": "x@bü{}cher.example"}, "addr.idn-domain"),
        ({"to": "x{}@partnre.example"}, None),
        ({"to": "x@partnre{}.rnodern.example"}, "addr.lookalike-domain"),
    ],
)
def test_thousands_of_the_same_are_a_few_findings(
    fields: dict[str, str], code: str | None
) -> None:
    ((field, pattern),) = fields.items()
    people = tuple(address(pattern.format(number)) for number in range(1500))

    seen = found(draft(**{field: people}), known_domains=frozenset({"modern.example"}))

    assert len(seen) <= 20
    if code is not None:
        assert len(of(code, seen)) == 6
        assert "1495 more" in of(code, seen)[-1].message


def test_twenty_thousand_recipients_are_checked_at_once() -> None:
    people = tuple(
        address(f"person{number}@domain{number}.example", f"Person {number}")
        for number in range(20_000)
    )
    known = frozenset(f"company{number}.example" for number in range(5000))

    seen = found(draft(to=people), known_domains=known, known_addresses=frozenset())

    assert [finding.code for finding in seen] == ["rcpt.new"]
    assert "19997 more" in seen[0].message


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


@pytest.mark.parametrize(
    ("sender", "other"),
    [
        ("news.shop.example", "shop.example"),
        ("shop.example", "reply.shop.example"),
        ("a.shop.example", "b.shop.example"),
        ("mail.shop.co.uk", "shop.co.uk"),
    ],
)
def test_other_hosts_of_one_site_are_the_same_site(sender: str, other: str) -> None:
    given = draft(
        sender=address(f"a@{sender}"),
        reply_to=(address(f"b@{other}"),),
        bcc=(address(f"c@{other}"),),
    )

    assert not codes(given)


@pytest.mark.parametrize(
    ("sender", "other"),
    [
        ("shop.co.uk", "evil.co.uk"),
        ("shop.example", "shop-support.example"),
        ("shop.example", "shop.example.evil.example"),
    ],
)
def test_sites_that_share_an_ending_are_two(sender: str, other: str) -> None:
    given = draft(sender=address(f"a@{sender}"), reply_to=(address(f"b@{other}"),))

    assert "hdr.reply-to-mismatch" in codes(given)
