"""Judges the coverage of a run of the whole suite, and of no other run.

A plain ``pytest`` measures the processes that run tests, and reports a gate that is
missed as a failed test. What tests start is not measured: that made each start of
the command twice as long, and showed nothing that no other test does. Where a
subset was chosen nothing is measured, so that ``pytest tests/core -k fold`` stays
quick; for such a run there is ``pytest-cov``.
"""

import io
import tempfile
import warnings
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

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
_DATA: Final = "coverage_data"
_CHOOSING: Final = (
    *("keyword", "markexpr", "deselect", "lf", "stepwise", "collectonly"),
    *("cov_source", "no_cov"),
)
"""Options with which a run is not the whole one, or is measured by others."""


def pytest_configure(config: pytest.Config) -> None:
    """Start to measure before any test module, and so tuimail, is imported."""
    if hasattr(config, "workerinput"):
        if data := config.workerinput.get(_DATA):
            config.pluginmanager.register(Worker(config, data), "coverage_of_worker")
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


def _coverage(config: pytest.Config, data: str, *, is_part: bool) -> Coverage:
    """Begin to measure this process.

    Args:
        config: Of the run.
        data: The file that all parts are joined in.
        is_part: Whether others write beside it.
    """
    begun = Coverage(
        data_file=data,
        data_suffix=is_part or None,
        config_file=str(config.rootpath / "pyproject.toml"),
        source=[str(config.rootpath / "tuimail")],
    )
    begun.start()
    return begun


class Worker:
    """Measures what a worker runs, and writes it down when that ends."""

    def __init__(self, config: pytest.Config, data: str) -> None:
        self._coverage = _coverage(config, data, is_part=True)

    def pytest_sessionfinish(self) -> None:
        """Save what was measured; a worker is ended before it would by itself."""
        self._coverage.stop()
        self._coverage.save()


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
        self._data = str(Path(self._folder.name) / "coverage")
        self._coverage = _coverage(config, self._data, is_part=False)
        self._missed = io.StringIO()
        self._shares: list[Share] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where to write."""
        node.workerinput[_DATA] = self._data

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
