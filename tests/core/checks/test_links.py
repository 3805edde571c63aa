import pytest
from hypothesis import given as with_each
from hypothesis import strategies as st

from tests.core.sample import address, draft
from tuimail.core.checks import links
from tuimail.core.checks.links import check
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.facts import HtmlFacts, examine
from tuimail.core.html.reading import Link
from tuimail.core.html.text import HtmlText


def facts(text: str, target: str) -> HtmlFacts:
    link = Link(text=text, target=target)
    return HtmlFacts(read=HtmlText(text="", links=(link,)))


def found(text: str, target: str) -> list[Finding]:
    findings = check(draft(text=""), facts(text, target))
    return [f for f in findings if f.code == "html.link-mismatch"]


def led_to(target: str, **fields: object) -> list[tuple[str, Severity]]:
    findings = check(draft(text="", **fields), facts("Open", target))
    return [(f.code, f.severity) for f in findings]


def typed(text: str) -> list[tuple[str, Severity, str]]:
    return [(f.code, f.severity, f.field) for f in check(draft(text=text), None)]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://bank.example/pay", "https://evil.example/pay"),
        ("bank.example", "https://evil.example/bank.example"),
        ("www.bank.example", "https://evil.example"),
        ("BANK.example/pay?x=1", "//evil.example"),
        ("Pay at https://bank.example now", "https://evil.example"),
        ("bank.example", "https://bank.example@evil.example/"),
        ("bank.example", "https://bank.example.evil.example/"),
        ("bank.example", "https://notbank.example/"),
        ("bank.example", "https:\\\\evil.example/bank.example"),
        ("bank.example", "https:evil.example"),
        ("bank.example", "javascript:alert(1)"),
        ("bank.example", "https://[broken/"),
        ("bank.example", "/login"),
        ("login.bank.example", "https://bank.example"),
        ("b\u00fccher.example", "https://bucher.example"),
        ("help@bank.example", "mailto:help@evil.example"),
        ("help@bank.example", "https://evil.example"),
        ("help@bank.example", "mailto:"),
        ("(bank.example)", "https://evil.example"),
        ("\u201cbank.example\u201d", "https://evil.example"),
        ("[bank.example]", "https://evil.example"),
        ("bank.example \u203a", "https://evil.example"),
        ("bank.example.", "https://evil.example"),
        ("<help@bank.example>", "mailto:help@evil.example"),
        ("bank\uff0eexample", "https://evil.example"),
        ("https://bank\u2024example", "https://evil.example"),
        ("(https://bank.example)", "https://evil.example"),
        ("https://[2001:db8::1]", "https://evil.example"),
    ],
)
def test_a_link_that_goes_elsewhere_than_it_says_is_found(
    text: str, target: str
) -> None:
    (finding,) = found(text, target)

    assert finding.code == "html.link-mismatch"
    assert finding.severity is Severity.WARNING
    assert finding.place == f"{text} → {target}"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("bank.example", "https://bank.example/pay"),
        ("https://www.bank.example", "http://bank.example/"),
        ("bank.example", "https://login.bank.example/"),
        ("bank.example:8443/x", "https://BANK.example./"),
        ("b\u00fccher.example", "https://xn--bcher-kva.example/"),
        ("help@bank.example", "mailto:help@bank.example?subject=x"),
        ("help@bank.example", "mailto:help%40bank.example"),
        ("Sign in", "https://evil.example"),
        ("", "https://evil.example"),
        ("report.pdf", "https://files.example/1"),
        ("Node.js", "https://nodejs.example"),
        ("version 1.2.3", "https://a.example"),
        ("1.2", "https://a.example"),
        ("e.g. this", "https://a.example"),
        ("e.g.", "https://a.example"),
        ("(report.pdf)", "https://files.example/1"),
        ("(https://bank.example)", "https://bank.example/pay"),
        ("\u201chttps://bank.example\u201d.", "https://bank.example/pay"),
        ("[https://bank.example]", "https://bank.example/pay"),
        ("https://bank.example, please", "https://bank.example/pay"),
        ("(bank.example)", "https://bank.example/pay"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]/"),
    ],
)
def test_a_link_that_goes_where_it_says_is_fine(text: str, target: str) -> None:
    assert not found(text, target)


def test_the_finding_names_both_sites() -> None:
    (finding,) = found("bank.example", "https://evil.example/pay")

    assert finding.message == "A link says bank.example and goes to evil.example."


def test_a_host_no_domain_can_have_is_compared_as_it_is() -> None:
    (finding,) = found("https://a\u2260b.example", "https://-.example/")

    assert "a\u2260b.example" in finding.message


def test_a_base_is_where_short_links_lead() -> None:
    html = '<base href="https://evil.example/"><a href="/login">bank.example</a>'

    (finding,) = check(draft(text=""), examine(html))

    assert finding.code == "html.link-mismatch"


def test_a_base_that_is_no_address_changes_nothing() -> None:
    html = '<base href="https://[x"><a href="https://bank.example">bank.example</a>'

    assert not list(check(draft(text=""), examine(html)))


@pytest.mark.parametrize(
    ("target", "severity"),
    [
        ("https://\u0440\u0430\u0443.example/", Severity.WARNING),
        ("https://xn--80a5ak.example/", Severity.WARNING),
        ("https://\u0440\u0430\u0443\u0440\u0430l.example/", Severity.WARNING),
        ("https://\u0440\u0430\u0443.evil.example/", Severity.WARNING),
        ("https://p\u0430ypal.example/", Severity.WARNING),
        ("https://%D1%80%D0%B0%D1%83.example/", Severity.WARNING),
        ("https:\\\\\u0440\u0430\u0443.example", Severity.WARNING),
        ("//\u0440\u0430\u0443.example", Severity.WARNING),
        ("https://xn--a.example/", Severity.WARNING),
        ("https://b\u00fccher.example/", Severity.INFO),
        ("https://stra\u00dfe.example/", Severity.INFO),
        ("https://\u043f\u0440\u0435\u0437\u0438.\u0440\u0444/", Severity.INFO),
        ("https://\u4f8b\u3048.jp/", Severity.INFO),
        ("https://\u05d3\u05d5\u05d2\u05de\u05d4.example/", Severity.INFO),
    ],
)  # fmt: skip
def test_international_sites_are_told_with_what_they_are(
    target: str, severity: Severity
) -> None:
    assert led_to(target) == [("html.link-idn", severity)]


@pytest.mark.parametrize(
    "target",
    [
        "http://192.0.2.1x/", "https://1.example/", "https://1.2.3.4.5/", "/local",
        "mailto:bob@\u0440\u0430\u0443.example", "cid:logo", "tel:+15550100", "#top",
        "https://", "ssh://git@host.example/x", "javascript:1", "",
    ],
)  # fmt: skip
def test_ordinary_targets_are_fine(target: str) -> None:
    assert led_to(target) == []


@pytest.mark.parametrize(
    ("target", "severity"),
    [
        ("http://198.51.100.7/pay", Severity.WARNING),
        ("http://8.8.8.8:8080", Severity.WARNING),
        ("http://134744072/", Severity.WARNING),
        ("http://0x08080808/", Severity.WARNING),
        ("http://010.8.8.8/", Severity.WARNING),
        ("http://0x7f.1/", Severity.WARNING),
        ("http://127.1/", Severity.WARNING),
        ("http://%31%32%37.0.0.1.", Severity.INFO),
        ("http://\uff11\uff12\uff17\u3002\uff10.0.1/", Severity.INFO),
        ("http://[2001:4860:4860::8888]/", Severity.WARNING),
        ("http://[broken", Severity.WARNING),
        ("http:8.8.8.8", Severity.WARNING),
        ("ht\ntp://8.8.8.8", Severity.WARNING),
        ("http://127.0.0.1:8000/", Severity.INFO),
        ("http://192.168.1.10/", Severity.INFO),
        ("http://[::1]:3000/", Severity.INFO),
        ("http://300.1.1.1/", Severity.WARNING),
    ],
)
def test_sites_without_a_name_are_found(target: str, severity: Severity) -> None:
    codes = [one for one in led_to(target) if one[0] == "html.link-ip"]

    assert codes == [("html.link-ip", severity)]


@pytest.mark.parametrize(
    "target",
    [
        "https://bank.example@evil.example/",
        "https://bank.example%2f@evil.example",
        "https://user:pass@evil.example",
        "//bank.example@evil.example",
        "https:/bank.example@evil.example",
        "https://@evil.example",
    ],
)
def test_what_looks_like_a_site_and_is_a_name_is_found(target: str) -> None:
    (finding,) = check(draft(text=""), facts("Open", target))

    assert finding.code == "html.link-userinfo"
    assert "evil.example" in finding.message


@pytest.mark.parametrize(
    "target",
    ["https://a.example/@bob", "https://a.example?x=a@b", "https://a.example#@"],
)
def test_a_sign_after_the_site_deceives_nobody(target: str) -> None:
    assert led_to(target) == []


def test_addresses_typed_in_the_text_are_looked_at() -> None:
    assert typed("see http://8.8.8.8/x, and https://a@evil.example.") == [
        ("html.link-userinfo", Severity.WARNING, "text"),
        ("html.link-ip", Severity.WARNING, "text"),
    ]
    assert (
        typed("at http://localhost:8000 or https://corp.example/a@b (see there)") == []
    )


def test_what_the_html_has_is_not_told_again_of_the_text() -> None:
    given = draft(text="http://8.8.8.8", html="<a href='http://8.8.8.8'>x</a>")

    (finding,) = check(given, examine(given.body.html))

    assert finding.field == "html"


def test_text_that_was_made_from_the_html_is_not_looked_at() -> None:
    body = Body(text="http://8.8.8.8", html="<p>x</p>", is_text_made=True)

    assert not list(check(draft(body=body), examine(body.html)))


def test_the_same_site_is_named_once_and_of_many_a_few() -> None:
    same = examine('<a href="http://8.8.8.8/1">a</a><a href="http://8.8.8.8/2">b</a>')
    many = examine("".join(f'<a href="http://8.8.8.{n}">a</a>' for n in range(50)))

    assert len(list(check(draft(text=""), same))) == 1
    assert len(list(check(draft(text=""), many))) == 6


def test_pictures_from_a_strange_site_are_found() -> None:
    (finding,) = check(draft(text=""), examine('<img src="http://8.8.8.8/x">'))

    assert finding.code == "html.link-ip"


def test_many_long_links_are_looked_at_in_time() -> None:
    html = "".join(
        f'<a href="https://a{n}.example/{"x." * 50}">b</a>' for n in range(9000)
    )

    assert not list(check(draft(text="https://a." * 90_000), examine(html)))


WORDS = "the quarterly numbers are seven million below what we told them"
PACKED = "dGhlIHF1YXJ0ZXJseSBudW1iZXJzIGFyZSBzZXZlbiBtaWxsaW9uIGJlbG93"
RANDOM = (
    "Zk3vQ9xLm2Tn8RbW5yUe1HsJ7dGpA4cKfX6oViNtBqEzMwPrYl"
    "SuC0hDgIaOjFk3vQ9xLm2Tn8RbW5yUe1HsJ7dGpA4cKfX6oViNt"
)


@pytest.mark.parametrize(
    ("path", "linked", "fetched"),
    [
        (f"x?d={PACKED}", Severity.WARNING, Severity.WARNING),
        (f"x#{PACKED}==", Severity.WARNING, Severity.WARNING),
        (f"{PACKED.replace('+', '-')}/x.png", Severity.WARNING, Severity.WARNING),
        (f"x?d={WORDS.encode().hex()}", Severity.WARNING, Severity.WARNING),
        (f"x?d={WORDS.replace(' ', '+')}", None, Severity.WARNING),
        (f"x?d={WORDS.replace(' ', '%20')}", None, Severity.WARNING),
        ("u?email=bob%40partner.example", Severity.INFO, Severity.WARNING),
        ("u?e=BOB@partner.example&x=1", Severity.INFO, Severity.WARNING),
        (f"x?upn={RANDOM}", Severity.INFO, Severity.INFO),
        (f"c/{RANDOM}/x", Severity.INFO, Severity.INFO),
        ("u?email=carol@partner.example", None, None),
        ("x?utm_source=news&utm_medium=email&utm_campaign=a+b+c", None, None),
        ("x?token=9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c", None, None),
        (f"x?d={'a' * 200}", None, None),
        (f"x?to=https%3A%2F%2Fa.example%2F{RANDOM.lower()}", None, None),
        ("x?t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIGIgYyBkIGUgZiBnIn0.c2ln", None, None),
        (f"x?d={'ff' * 25}", None, None),
        (f"x?d={'A' * 41}", None, None),
        (f"x?d={'00' * 25}", None, None),
        ("css?family=Open+Sans:300,400|Source+Sans+Pro:400", None, None),
    ],
)
def test_what_an_address_carries_is_told(
    path: str, linked: Severity | None, fetched: Severity | None
) -> None:
    address_of_it = f"https://a.example/{path}"
    link = examine(f'<a href="{address_of_it}">a</a>')
    picture = examine(f'<img alt="" src="{address_of_it}">')

    by_link = [f.severity for f in check(draft(text=""), link)]
    by_picture = [f.severity for f in check(draft(text=""), picture)]

    assert by_link == ([linked] if linked else [])
    assert by_picture == ([fetched] if fetched else [])


_PIECES = ["http", "HTTP\u017f", "s", ":", "/", "\\", "a.example", " ", "<", "é"]


@with_each(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_typed_addresses_are_found_by_their_colon_as_by_the_pattern(text: str) -> None:
    assert links._typed(text) == links._URL.findall(text)


def test_blind_copies_are_recipients_whose_address_is_looked_for() -> None:
    given = draft(text="", bcc=(address("carol@partner.example"),))
    html = '<img src="https://a.example/x?u=carol@partner.example">'

    (finding,) = check(given, examine(html))

    assert finding.code == "html.link-data"
    assert "a recipient" in finding.message
    assert "showing the mail sends it to a.example" in finding.message


def test_an_address_in_the_text_is_looked_at_beside_html_that_links_a_mailbox() -> None:
    found = check(
        draft(text="See http://10.0.0.1/a"), facts("Write", "mailto:a@b.example")
    )

    assert [finding.code for finding in found] == ["html.link-ip"]
