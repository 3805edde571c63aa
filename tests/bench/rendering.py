"""From a draft to its bytes, against mailatlas, fluxmail and ``EmailMessage``.

Each side renders every kind of mail in a process of its own, once a round.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.bench.contests import (
    Asked,
    Cost,
    Result,
    absolute,
    as_it_is,
    at_least,
    at_most,
    compared,
    fastest,
    in_turns,
)
from tests.bench.mails import ENGLISH, GERMAN, letter
from tests.bench.peers import FLUXMAIL, MAILATLAS, python_with
from tests.bench.processes import ours, theirs, told_by
from tests.bench.rendering_memory import MEBIBYTE, write_file
from tuimail.core.draft import Draft

ROUNDS: Final = 7
MEMORY: Final = at_most(8)
"""Mebibytes that 25 of them may take on their way to disk."""
_STANDARD: Final = "EmailMessage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of mail."""

    name: str
    language: str = ENGLISH
    text: int = 2_000
    html: int = 0
    file_bytes: int = 0
    goal: float | None = None
    """How many times as fast as the faster of mailatlas and fluxmail."""

    def draft(self) -> Draft:
        """Return the mail."""
        return letter(
            language=self.language,
            text=self.text,
            html=self.html,
            file_bytes=self.file_bytes,
        )


SHAPES: Final = (
    Shape(name="2 KB text", goal=20),
    Shape(name="2 KB text, German", language=GERMAN),
    Shape(name="20 KB text and HTML", text=10_000, html=10_000, goal=20),
    Shape(
        name="20 KB text and HTML, German", language=GERMAN, text=10_000, html=10_000
    ),
    Shape(name="1 MB attachment", file_bytes=MEBIBYTE, goal=8),
    Shape(name="25 MB attachment", file_bytes=25 * MEBIBYTE, goal=6),
)


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    with TemporaryDirectory() as folder:
        _prepare(Path(folder))
        told = in_turns(_sides(folder), asked.rounds_or(ROUNDS))
    return [*(line for shape in SHAPES for line in _lines(shape, told)), *_memory()]


def _sides(folder: str) -> dict[str, "partial[dict[str, Any]]"]:
    words = {
        "ours": ours("rendering_here", "ours", folder),
        _STANDARD: ours("rendering_here", "standard", folder),
    }
    for peer, requirement in (("mailatlas", MAILATLAS), ("fluxmail", FLUXMAIL)):
        python = python_with(requirement)
        words[peer] = theirs(python, "rendering_peers", peer, folder)
    return {side: partial(told_by, each) for side, each in words.items()}


def _lines(
    shape: Shape, told: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Result]:
    costs = {
        side: [Cost(*one[shape.name]) for one in each] for side, each in told.items()
    }
    mine = costs["ours"]
    for peer, other, goal in (
        ("the faster peer", fastest(costs["mailatlas"], costs["fluxmail"]), shape.goal),
        (_STANDARD, costs[_STANDARD], None),
    ):
        limit = at_least(goal) if goal else None
        yield compared(shape.name, mine, other, peer=peer, goal=limit)


def _prepare(folder: Path) -> None:
    """Write what is attached, and the mails for those who cannot ask for them."""
    for size in {shape.file_bytes for shape in SHAPES}:
        write_file(folder / str(size), size)
    mails = {shape.name: _plain(shape, folder) for shape in SHAPES}
    (folder / "mails.json").write_text(json.dumps(mails), "utf-8")


def _plain(shape: Shape, folder: Path) -> dict[str, str]:
    draft = shape.draft()
    return {
        "to": ", ".join(one.text for one in draft.to),
        "subject": draft.subject,
        "text": draft.body.text,
        "html": draft.body.html,
        "file": str(folder / str(shape.file_bytes)) if shape.file_bytes else "",
    }


def _memory() -> Iterator[Result]:
    """Say what a process grows by that writes a big mail to disk."""
    unit = as_it_is("MB")
    for side, goal in (("ours", MEMORY), (_STANDARD, None)):
        grown = float(told_by(ours("rendering_memory", side))["grown"])
        name = f"25 MB attachment to disk, memory, {side}"
        yield absolute(name, [grown], unit=unit, goal=goal)
