import pytest

from tuimail.core.checks.lookalikes import (
    KnownDomains,
    in_latin,
    is_slip,
    known_domains,
    picture,
    registered,
)

KNOWN = KnownDomains([
    "modern.example", "partner.example", "paypal.com", "gmail.com", "bank.example",
    "corp.example", "mail.foo.co.uk", "example.com", "report.example", "bob.example",
    "müller.example", "contoso.onmicrosoft.com", "shop2-online.example",
    "invoice.example", "[192.0.2.1]", "localhost", "cloud.example", "alpha12.example",
])  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "like"),
    [
        ("rnodern.example", "modern.example"),
        ("modem.example", "modern.example"),
        ("mail.rnodern.example", "modern.example"),
        ("paypa1.com", "paypal.com"),
        ("paypai.com", "paypal.com"),
        ("p\u0430yp\u0430l.com", "paypal.com"),
        ("paypal.\u0441\u043em", "paypal.com"),
        ("\u0440\u0430\u0443\u0440\u0430\u04cf.com", "paypal.com"),
        ("p\u03b1ypal.com", "paypal.com"),
        ("m\u0585dern.example", "modern.example"),
        ("pàypal.com", "paypal.com"),
        ("muller.example", "müller.example"),
        ("c1oud.example", "cloud.example"),
        ("doud.example", "cloud.example"),
        ("c0rp.example", "corp.example"),
        ("b0b.example", "bob.example"),
        ("f00.co.uk", "foo.co.uk"),
        ("partnre.example", "partner.example"),
        ("partnerr.example", "partner.example"),
        ("partners.example", "partner.example"),
        ("patner.example", "partner.example"),
        ("pertner.example", "partner.example"),
        ("invo1ce.example", "invoice.example"),
        ("inv0ice.example", "invoice.example"),
        ("gmial.com", "gmail.com"),
        ("contosso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("gmail.co", "gmail.com"),
        ("paypal.cm", "paypal.com"),
        ("bank.example.evil.test", "bank.example"),
        ("example.com.evil.br", "example.com"),
        ("bank-example.test", "bank.example"),
        ("bank-example.evil.test", "bank.example"),
    ],
)
def test_a_domain_that_looks_like_a_known_one_is_seen(domain: str, like: str) -> None:
    assert domain not in KNOWN
    assert KNOWN.like(domain) == like


@pytest.mark.parametrize(
    "domain",
    [
        "other.example",
        "mail.com",
        "ymail.com",
        "email.com",
        "corps.example",
        "carp.example",
        "bod.example",
        "rob.example",
        "reports.example",
        "fooo.co.uk",
        "bar.co.uk",
        "partner.test",
        "example.com.br",
        "example.org",
        "shop3-online.example",
        "shop-online.example",
        "alpha21.example",
        "alpha13.example",
        "partner-labs.example",
        "clouds.example",
        "xn.example",
        "b\u00fccher.example",
        "localhosts",
        "a",
    ],
)
def test_names_that_are_near_by_chance_are_left_alone(domain: str) -> None:
    assert KNOWN.like(domain) == ""


@pytest.mark.parametrize(
    "domain",
    ["partner.example", "a.b.partner.example", "foo.co.uk", "www.foo.co.uk",
     "localhost"],
)  # fmt: skip
def test_subdomains_of_what_is_known_are_known(domain: str) -> None:
    assert domain in KNOWN


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("example.org", "example.org"),
        ("a.b.example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("a.example.co", "example.co"),
        ("x.y.github.io", "y.github.io"),
        ("localhost", "localhost"),
    ],
)
def test_what_somebody_registered_is_told_from_its_subdomains(
    domain: str, name: str
) -> None:
    assert registered(domain) == name


@pytest.mark.parametrize(
    ("domain", "read"),
    [
        ("\u0430\u0440\u0440\u04cf\u0435.com", "apple.com"),
        ("www.\u0441\u043e\u0440\u0435.example", "cope.example"),
        ("\u03bd\u03bf\u03c1\u03b1.example", "vopa.example"),
        ("\u0570\u0578\u0578.example", "hnn.example"),
        ("\u0430\u0440\u0440\u04cf\u0435.\u0440\u0444", ""),
        ("\u043f\u043e\u0447\u0442\u0430.com", ""),
        ("\u043c\u043e\u0441\u043a\u0432\u0430.com", ""),
        ("\u0441\u043e.com", ""),
        ("apple.com", ""),
    ],
)
def test_a_name_that_is_written_in_doubles_only_is_read_as_latin(
    domain: str, read: str
) -> None:
    assert in_latin(domain) == read


def test_words_that_share_letters_are_different_pictures() -> None:
    assert picture("cipher") != picture("dipher")
    assert picture("acid") != picture("add")
    assert picture("click") == picture("c1ick")


@pytest.mark.parametrize(
    ("label", "known"),
    [("server1", "server2"), ("server12", "server1"), ("server1", "server12"),
     ("server", "server1"), ("report", "reports")],
)  # fmt: skip
def test_numbers_and_plurals_are_no_slips(label: str, known: str) -> None:
    assert not is_slip(label, known)


def test_a_set_of_domains_is_prepared_once() -> None:
    domains = frozenset({"a.example", "b.example"})

    assert known_domains(domains) is known_domains(frozenset(domains))


def test_a_domain_that_is_added_is_compared_with_from_then_on() -> None:
    known = KnownDomains()
    assert known.like("rnodern.example") == ""

    known.add("other.example")
    assert known.like("rnodern.example") == ""
    known.add("modern.example")
    assert known.like("rnodern.example") == "modern.example"


def test_thousands_of_domains_are_compared_with_thousands() -> None:
    """Comparing each with each would take minutes."""
    known = KnownDomains(
        f"company-of-{number}-people.example" for number in range(5000)
    )

    found = [known.like(f"firm-of-{number}-people.example") for number in range(15_000)]

    assert not any(found)


def test_a_crowded_neighbourhood_is_not_searched_for_ever() -> None:
    known = KnownDomains(
        f"aaaaaaaaaaaa{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}bbbbbbbbbb.example"
        for n in range(5000)
    )

    assert not any(
        known.like(f"aaaaaaaaaaaa{n}zzz.example") for n in range(100_000, 120_000)
    )
