import pytest

from tuimail.workspace.account_names import proposed_name


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("example.org", "example"),
        ("mail.example.org", "example"),
        ("mail.co.uk", "mail"),
        ("gmail.com", "gmail"),
        ("bücher.example", "buecher"),
        ("localhost", "mail"),
        ("xn--bcher-kva.example", "xn--bcher-kva"),
    ],
)
def test_an_account_is_called_after_its_domain(domain: str, name: str) -> None:
    assert proposed_name(domain, ()) == name


def test_a_second_account_of_a_domain_gets_a_number() -> None:
    assert proposed_name("example.org", {"example", "example2"}) == "example3"


@pytest.mark.parametrize(
    ("domain", "name"),
    [("müller.example", "mueller"), ("café.example", "cafe"), ("пример.рф", "mail")],
)
def test_a_domain_with_accents_proposes_a_name_as_its_owner_spells_it(
    domain: str, name: str
) -> None:
    assert proposed_name(domain, ()) == name
