"""Judges the coverage of a run of the whole suite, and of no other run.

A plain ``pytest`` measures the processes that run tests, and reports a gate that is
missed as a failed test. What tests start is not measured: that made each start of
the command twice as long, and showed nothing that no other test does. Where a
subset was chosen nothing is measured, so that ``pytest tests/core -k fold`` stays
quick; for such a run there is ``pytest-cov``.

Lines and branches are noted by slipcover, which takes its marks out of the code once
it has seen them: the run takes as long as one that measures nothing.
"""

import io
import json
import tempfile
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

GATES: Final = {
    "tuimail/*": 95.0,
    "tuimail/core/*": 100.0,
    "tuimail/store/*": 100.0,
}
"""Least percentage of lines and branches, by files."""
WORKERS: Final = 3
"""Processes that share the whole suite, one more than processors: many tests wait.

A subset is quicker without any."""
_FOLDER: Final = "coverage_folder"
_CHOOSING: Final = (
    *("keyword", "markexpr", "deselect", "lf", "stepwise", "collectonly"),
    *("cov_source", "no_cov"),
)
"""Options with which a run is not the whole one, or is measured by others."""
_NOTHING_TO_RUN: Final = (r"\.\.\.$", "@overload")
"""Lines that are for readers only, beside those of ``TYPE_CHECKING``."""


def pytest_configure(config: pytest.Config) -> None:
    """Start to measure before any test module, and so tuimail, is imported."""
    if hasattr(config, "workerinput"):
        if folder := config.workerinput.get(_FOLDER):
            config.pluginmanager.register(Worker(config, folder), "coverage_of_worker")
    elif is_whole_suite(config):
        config.pluginmanager.register(CoverageGate(config), "coverage_gate")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes run the tests."""
    return WORKERS if is_whole_suite(config) else 0


def is_whole_suite(config: pytest.Config) -> bool:
    """Return whether nothing was chosen out of all the tests."""
    chosen = any(config.getoption(name, default=None) for name in _CHOOSING)
    from_ini = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return from_ini and not chosen


class Measured:
    """What this process runs of the package, from now on."""

    def __init__(self, config: pytest.Config) -> None:
        from slipcover import Slipcover  # noqa: PLC0415 - for the whole suite only
        from slipcover.importer import (  # noqa: PLC0415 - as above
            FileMatcher,
            ImportManager,
        )

        package = str(config.rootpath / "tuimail")
        self._noted = Slipcover(
            source=[package], branch=True, exclude_also=list(_NOTHING_TO_RUN)
        )
        ImportManager(self._noted, FileMatcher(sources=[package])).__enter__()

    def save(self, folder: str) -> None:
        """Write down what was run so far."""
        path = Path(folder) / f"{uuid4()}.json"
        path.write_text(json.dumps(self._noted.get_coverage()))


class Worker:
    """Measures what a worker runs, and writes it down when that ends."""

    def __init__(self, config: pytest.Config, folder: str) -> None:
        self._measured, self._folder = Measured(config), folder

    def pytest_sessionfinish(self) -> None:
        """Save what was measured; a worker is ended before it would by itself."""
        self._measured.save(self._folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of the files of one gate was run."""

    files: str
    percent: float
    least: float

    @property
    def is_enough(self) -> bool:
        """Whether the gate opens."""
        return self.percent >= self.least

    @property
    def text(self) -> str:
        """One line for the summary."""
        return f"{self.files}: {self.percent:.2f} %, at least {self.least:g} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What of one file was run by any process, and what by none."""

    ran: int
    lines: tuple[int, ...]
    """Lines that never ran."""
    branches: tuple[tuple[int, int], ...]
    """From which line to which nothing ever went; to 0 is to the end."""

    @property
    def missed(self) -> int:
        """How many lines and branches never ran."""
        return len(self.lines) + len(self.branches)

    @property
    def text(self) -> str:
        """Where to look."""
        ways = (f"{a}->{b or 'end'}" for a, b in self.branches)
        return ", ".join((*map(str, self.lines), *ways))


def joined(parts: Iterable[Mapping[str, Any]]) -> dict[str, Ran]:
    """Return what all processes together ran, by file as slipcover calls it."""
    ran: dict[str, set[object]] = {}
    known: dict[str, set[object]] = {}
    for part in parts:
        for name, found in part["files"].items():
            done = {*found["executed_lines"], *map(tuple, found["executed_branches"])}
            left = {*found["missing_lines"], *map(tuple, found["missing_branches"])}
            ran.setdefault(name, set()).update(done)
            known.setdefault(name, set()).update(done | left)
    return {name: _ran(ran[name], known[name]) for name in sorted(known)}


def _ran(ran: set[Any], known: set[Any]) -> Ran:
    missed = known - ran
    return Ran(
        ran=len(ran),
        lines=tuple(sorted(one for one in missed if isinstance(one, int))),
        branches=tuple(sorted(one for one in missed if isinstance(one, tuple))),
    )


def percent(found: Iterable[Ran]) -> float:
    """Return how much of some files ran; of no file, all."""
    files = list(found)
    ran, missed = sum(one.ran for one in files), sum(one.missed for one in files)
    return 100.0 if not missed else 100 * ran / (ran + missed)


class CoverageGate:
    """Measures while the tests run; then says what was missed."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tuimail-coverage-")
        self._measured = Measured(config)
        self._missed = io.StringIO()
        self._shares: list[Share] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where to write."""
        node.workerinput[_FOLDER] = self._folder.name

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(
        self, session: pytest.Session
    ) -> Generator[None, object, object]:
        """Judge when every test has passed; a failed run has other worries."""
        result = yield
        if not session.testsfailed:
            self._judge()
        for share in self._shares:
            if not share.is_enough:
                session.config.hook.pytest_runtest_logreport(report=_failure(share))
        return result

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Show what was not run, above pytest's own last lines."""
        if self._shares:
            terminalreporter.section("coverage")
            terminalreporter.write(self._missed.getvalue())
        for share in self._shares:
            terminalreporter.write_line(share.text)
        self._folder.cleanup()

    def _judge(self) -> None:
        """Join what the processes wrote; this one may have run nothing at all."""
        self._measured.save(self._folder.name)
        parts = Path(self._folder.name).glob("*.json")
        found = joined(json.loads(part.read_text()) for part in parts)
        for name, ran in found.items():
            if ran.missed:
                self._missed.write(f"{name}: {ran.text}\n")
        self._shares = [
            Share(
                files=files,
                least=least,
                percent=percent(
                    ran for name, ran in found.items() if fnmatch(name, files)
                ),
            )
            for files, least in GATES.items()
        ]


def _failure(share: Share) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"coverage of {share.files}",
        location=("pyproject.toml", None, "coverage"),
        keywords={},
        outcome="failed",
        longrepr=share.text,
        when="call",
    )
