"""No provider of ours without the contract, nor without a page of its own."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tuimail.providers.registry import GROUP

TESTS = Path(__file__).parent
PAGES = TESTS.parent.parent / "tuimail" / "docs" / "providers.md"
OURS = {
    one.name: one.value.partition(":")[2]
    for one in entry_points(group=GROUP)
    if one.value.startswith("tuimail.")
}

BY_DATA = frozenset({
    "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "postmark", "resend",
    "scaleway", "sendgrid", "sparkpost",
})  # fmt: skip


def section(name: str) -> str:
    """Return the page of the provider called ``name``."""
    pages = PAGES.read_text().split("\n## ")
    found = [page for page in pages if f"`{name}`" in page.partition("\n")[0]]
    assert len(found) == 1, f"{name} has {len(found)} pages"
    return found[0]


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_provider_of_ours_is_put_to_the_contract(name: str) -> None:
    kept_by = [
        path.name
        for path in TESTS.rglob("test_*.py")
        if "(ProviderContract)" in path.read_text() and OURS[name] in path.read_text()
    ]

    assert kept_by, f"no contract test names {OURS[name]}"


@pytest.mark.parametrize("name", sorted(OURS.keys() - BY_DATA - {"console", "dummy"}))
def test_a_provider_of_ours_has_a_page(name: str) -> None:
    page = section(name).lower()

    assert "unknown" in page, f"the page of {name} says nothing of unknown mail"
    assert "cannot" in page or "refuse" in page, f"{name} can do everything?"


def test_the_services_that_are_data_share_a_page() -> None:
    page = section("http_api")

    for name in BY_DATA:
        assert name in page.lower()
