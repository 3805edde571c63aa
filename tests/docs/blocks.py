"""The fenced blocks of the docs: where each stands, and what it is.

A block is named by a line above it that is no more than a name and a colon,
``welcome.md``: it is the content of that file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tuimail

DOCS: Final = Path(tuimail.__file__).parent / "docs"
README: Final = DOCS.parent.parent / "README.md"
_FENCE: Final = re.compile(r"(?ms)^```(?P<language>\S*)\n(?P<text>.*?)^```$")
_FILE: Final = re.compile(r"(?:^|\n)`(?P<name>[\w.-]+)`:\n\n\Z")
_HEADING: Final = re.compile(r"(?m)^#+ (.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One example."""

    page: str
    """Name of the file that it stands in."""
    line: int
    """The first of its own."""
    section: str
    """The heading that it stands below."""
    language: str
    text: str
    file: str = ""
    """The file that this is the content of, or empty."""

    @property
    def place(self) -> str:
        """Where to look."""
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Return every page that people read, and the README."""
    return [README, *sorted(DOCS.glob("*.md"))]


def name_of(page: Path) -> str:
    """Return what a page is called; both READMEs are told apart."""
    return "docs/README.md" if page == DOCS / "README.md" else page.name


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page, as they follow one another."""
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        before = text[: found.start()]
        headings = _HEADING.findall(_FENCE.sub("", before))
        named = _FILE.search(before)
        yield Block(
            page=name_of(page),
            line=before.count("\n") + 2,
            section=headings[-1] if headings else "",
            language=found["language"],
            text=found["text"],
            file=named["name"] if named else "",
        )
