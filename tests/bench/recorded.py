"""The results of the last run, kept as JSON, and the page of the docs they make.

``python -m tests.bench.recorded`` writes the page anew from what was kept.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import apsw

from tests.bench.contests import MOST, Asked, Result
from tests.bench.printing import HEAD, Found, cells
from tests.bench.processes import CHECKOUT

KEPT: Final = Path(__file__).with_name("recorded.json")
PAGE: Final = CHECKOUT / "tuimail" / "docs" / "performance.md"
_PART: Final = ("<!-- measured -->", "<!-- end -->")
Run = Mapping[str, Any]
"""When and on what an area was measured, and its results."""


def plain(found: Found) -> dict[str, list[dict[str, Any]]]:
    """Return results as JSON has them."""
    return {area: [asdict(one) for one in results] for area, results in found.items()}


def record(found: Found, asked: Asked) -> None:
    """Keep the results in the place of older ones of the same areas."""
    about = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _commit(),
        "rounds": asked.rounds,
        "most": asked.most,
        **machine(),
    }
    runs = {area: {**about, "results": each} for area, each in plain(found).items()}
    text = json.dumps({**kept(), **runs}, ensure_ascii=False, indent=1, sort_keys=True)
    KEPT.write_text(f"{text}\n", "utf-8")
    write_page()


def kept() -> dict[str, Run]:
    """Return the last run of each area."""
    runs: dict[str, Run] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return runs


def write_page() -> None:
    """Put what was kept into the docs."""
    PAGE.write_text(page(PAGE.read_text("utf-8"), kept()), "utf-8")


def page(text: str, runs: Mapping[str, Run]) -> str:
    """Return the page with the part that is measured as ``runs`` have it."""
    before, _, rest = text.partition(_PART[0])
    _, _, after = rest.partition(_PART[1])
    lines = (f"{line}\n" for area in runs for line in _section(area, runs[area]))
    return f"{before}{_PART[0]}\n\n{''.join(lines)}{_PART[1]}{after}"


def _section(area: str, run: Run) -> Iterator[str]:
    yield f"## {area}"
    yield ""
    yield (
        f"{run['date']}, commit `{run['commit']}`; {run['processors']} processors, "
        f"{run['memory_gib']} GiB, {run['os']}, Python {run['python']}, "
        f"SQLite {run['sqlite']}."
    )
    if run["rounds"] or run["most"] != MOST:
        yield "A quick run: fewer rounds or records than usual."
    yield ""
    yield _row(HEAD)
    yield _row(["---"] * len(HEAD))
    for one in run["results"]:
        yield _row(cells(Result(**one)))
    yield ""


def _row(each: Sequence[str]) -> str:
    return f"| {' | '.join(each)} |"


def machine() -> dict[str, object]:
    """Return the class of this machine, and nothing by which it could be known."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processors": os.cpu_count() or 1,
        "memory_gib": round(pages / (1 << 30)),
        "os": platform.system(),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
    }


def _commit() -> str:
    """Return which commit is measured; with a remark if it was changed since.

    What an area before has just recorded changes nothing that is measured.
    """
    commit = _git("describe", "--always", "--exclude=*")
    recorded = (f":(exclude,glob)**/{one.name}" for one in (KEPT, PAGE))
    changed = _git("status", "--porcelain", "--", ".", *recorded)
    return f"{commit}, changed" if changed else commit


def _git(*words: str) -> str:
    done = subprocess.run(
        ("git", *words), cwd=CHECKOUT, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    write_page()
