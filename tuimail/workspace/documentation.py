"""The pages of the docs, as they come with the program, for all faces.

They need no workspace: who cannot open one reads in them what to do about that.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import tuimail
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import NotFoundError

FOLDER: Final = Path(tuimail.__file__).parent / "docs"
FIRST: Final = "README"
"""The page that says which others there are, where there is one."""
_MARKS: Final = regex(r"<!-- (?:printed: [a-z-]+|end) -->\n*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page in the list of pages."""

    name: str
    """What it is asked for by: its file without the ending."""
    title: str


def leaves() -> tuple[Leaf, ...]:
    """Return every page by name, the first one first; decisions are none of them."""
    found = sorted(FOLDER.glob("*.md"), key=lambda path: (path.stem != FIRST, path))
    return tuple(Leaf(name=path.stem, title=_title(path)) for path in found)


def names() -> tuple[str, ...]:
    """Return what every page is asked for by; reads none of them."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


def text(name: str) -> str:
    """Return the text of a page, in Markdown.

    Args:
        name: As ``leaves`` has it; ``decisions/0010`` begins the name of a decision.

    Raises:
        NotFoundError: There is no such page.
    """
    wanted = name.removesuffix(".md").casefold()
    found = {path: _name(path).casefold() for path in sorted(FOLDER.rglob("*.md"))}
    exact = [path for path, one in found.items() if one == wanted]
    begun = [path for path, one in found.items() if wanted and one.startswith(wanted)]
    if not exact and len(begun) != 1:
        raise NotFoundError(
            f"There is no page {name[:60]!r} in the docs.",
            hint=_hint(wanted, begun or list(found)),
            field="page",
        )
    return _MARKS.sub("", (exact or begun)[0].read_text("utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def _title(path: Path) -> str:
    first = next(_lines(path), path.stem)
    return first.lstrip("# ").strip()


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text("utf-8").splitlines() if line.strip())


def _hint(wanted: str, paths: list[Path]) -> str:
    near = get_close_matches(wanted, map(_name, paths), n=3, cutoff=0.5)
    if near:
        return f"Did you mean: tuimail docs {near[0]}"
    return "See which there are: tuimail docs"
