import pytest

from tuimail.core.checks.links import check
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.reading import Link


def found(text: str, target: str) -> list[Finding]:
    return list(check([Link(text=text, target=target)]))


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
