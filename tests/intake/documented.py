"""What the docs say to copy, found by its section."""

import re
from pathlib import Path
from typing import Final

import tuimail

_AGENTS: Final = Path(tuimail.__file__).parent / "docs" / "agents.md"


def prose(section: str) -> str:
    """Return all of a section of ``agents.md``."""
    text = _AGENTS.read_text(encoding="utf-8")
    _, _, after = text.partition(f"\n## {section}\n")
    assert after, section
    return after.partition("\n## ")[0]


def blocks(section: str, language: str = "") -> list[str]:
    """Return the blocks of one language in a section."""
    found = re.findall(rf"(?ms)^```{language}$\n(.*?)^```$", prose(section))
    return [str(one) for one in found]


def lines(section: str, beginning: str) -> list[str]:
    """Return the lines to copy that begin so, from all blocks of a section."""
    found = [line for block in blocks(section, "[a-z]*") for line in block.splitlines()]
    return [line for line in found if line.startswith(beginning)]


def table(section: str, heading: str) -> dict[str, str]:
    """Return a table of two columns by its first, from under ``heading``."""
    pattern = rf"^\| {heading} \|.*?\n\|[-|]+\n((?:\|.*\n)+)"
    (rows,) = re.findall(pattern, prose(section), re.MULTILINE)
    cells = (row.strip("| ").partition(" | ") for row in rows.splitlines())
    return {first: second for first, _, second in cells}
