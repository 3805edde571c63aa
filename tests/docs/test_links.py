"""Every link of the docs leads somewhere, and every page can be found."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.blocks import DOCS, README, name_of, pages

_FENCED: Final = re.compile(r"(?ms)^```.*?^```$")
_CODE: Final = re.compile(r"`[^`\n]*`")
_LINK: Final = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"(?m)^#+ (.+)$")
PAGES: Final = [
    pytest.param(path, id=name_of(path))
    for path in [*pages(), *sorted(DOCS.glob("decisions/*.md"))]
]


def links(page: Path) -> Iterator[str]:
    """Yield where a page leads, but for other sites."""
    prose = _FENCED.sub("", page.read_text("utf-8"))
    for target in _LINK.findall(_CODE.sub("", prose)):
        if not target.startswith(("https://", "http://", "mailto:")):
            yield target


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links, as on GitHub."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text("utf-8")))
    return {_anchor(one) for one in headings}


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\s-]", "", heading.lower())
    return kept.strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_page_and_a_place_in_it(page: Path) -> None:
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page

        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_first_page_names_every_other() -> None:
    named = {link for link in links(DOCS / "README.md") if link.endswith(".md")}

    assert named == {path.name for path in DOCS.glob("*.md")} - {"README.md"}


def test_the_readme_shows_pictures_that_are_there() -> None:
    pictures = re.findall(r"!\[.+?\]\((.+?)\)", README.read_text("utf-8"))

    assert len(pictures) >= 4
    assert all((README.parent / one).is_file() for one in pictures)
