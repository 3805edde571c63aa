"""Where mail probably is read, by the country at the end of an address."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import reset_tzpath

import pytest

from tests.workspace.conftest import NOW
from tuimail.workspace import zones


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[None]:
    zones._only_zones.cache_clear()
    reset_tzpath([tmp_path])
    yield
    reset_tzpath()
    zones._only_zones.cache_clear()


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("yamada@example.jp", "Asia/Tokyo"),
        ("Sam <sam@example.co.uk>", "Europe/London"),
        ("ana@example.us", ""),
        ("ana@example.io", ""),
        ("ana@example.com", ""),
        ("postmaster", ""),
    ],
)
def test_one_zone_of_a_country_is_likely(address: str, zone: str) -> None:
    assert zones.likely_zone(address) == zone


def test_where_the_machine_knows_no_countries_nothing_is_likely(nowhere: None) -> None:
    assert zones.likely_zone("yamada@example.jp") == ""


def test_a_zone_there_is_not_has_no_clock() -> None:
    assert zones.in_zone(NOW, "Mars/Olympus") is None
    assert zones.in_zone(NOW, "") is None
