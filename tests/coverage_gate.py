"""Judges the coverage of a run of the whole suite, and of no other run.

A plain ``pytest`` measures this process and every process that a test starts,
and reports a gate that is missed as a failed test. Where a subset was chosen
nothing is measured, so that ``pytest tests/core -k fold`` stays quick; for such
a run there is ``pytest-cov``.
"""

import io
import tempfile
import warnings
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage
from coverage.exceptions import CoverageWarning

GATES: Final = {
    "tuimail/*": 95.0,
    "tuimail/core/*": 100.0,
    "tuimail/store/*": 100.0,
}
"""Least percentage of lines and branches, by files."""
WORKERS: Final = 2
"""Processes that share the whole suite; a subset is quicker without any."""
_CHOOSING: Final = (
    *("keyword", "markexpr", "deselect", "lf", "stepwise", "collectonly"),
    *("cov_source", "no_cov"),
)
"""Options with which a run is not the whole one, or is measured by others."""


def pytest_configure(config: pytest.Config) -> None:
    """Start to measure before any test module, and so tuimail, is imported.

    Workers are processes like any that a test starts, and are measured as such.
    """
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker(), "coverage_of_worker")
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


class Worker:
    """Writes down what a worker ran, which is ended before it would by itself."""

    def pytest_sessionfinish(self) -> None:
        """Save what was measured, if this run is."""
        measured = Coverage.current()
        if measured is not None:
            measured.stop()
            measured.save()


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


class CoverageGate:
    """Measures while the tests run; then says what was missed."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tuimail-coverage-")
        self._coverage = Coverage(
            data_file=str(Path(self._folder.name) / "coverage"),
            config_file=str(config.rootpath / "pyproject.toml"),
            source=[str(config.rootpath / "tuimail")],
        )
        self._coverage.start()
        self._missed = io.StringIO()
        self._shares: list[Share] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(
        self, session: pytest.Session
    ) -> Generator[None, object, object]:
        """Judge when every test has passed; a failed run has other worries."""
        result = yield
        self._collect()
        if not session.testsfailed:
            self._shares = [self._share(*gate) for gate in GATES.items()]
            self._coverage.report(
                show_missing=True, skip_covered=True, file=self._missed
            )
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

    def _collect(self) -> None:
        """Join what the processes wrote; one that was killed wrote half a file.

        This process may have run nothing at all, where others run the tests.
        """
        self._coverage.stop()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CoverageWarning)
            self._coverage.save()
            self._coverage.combine()
        self._coverage.save()

    def _share(self, files: str, least: float) -> Share:
        percent = self._coverage.report(include=[files], file=io.StringIO())
        return Share(files=files, percent=percent, least=least)


def _failure(share: Share) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"coverage of {share.files}",
        location=("pyproject.toml", None, "coverage"),
        keywords={},
        outcome="failed",
        longrepr=share.text,
        when="call",
    )
