"""Every example of the docs, run or read as it stands there."""

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import Shell
from tests.docs import programs, reading
from tests.docs.blocks import Block, blocks_of, name_of, pages
from tests.docs.session import Session, put

RUN: Final = frozenset({"console", "python"})
"""Languages that are run, page by page."""
READ: Final[Mapping[str, Callable[[str, Path], None]]] = {
    "toml": reading.read_toml,
    "json": lambda text, _folder: reading.read_json(text),
    "msmtprc": lambda text, _folder: reading.read_msmtprc(text),
    "sh": lambda text, _folder: reading.read_shell(text),
}
"""Languages that are read: what they need, no test has, or should have."""
ELSEWHERE: Final[Mapping[tuple[str, str], str]] = {
    ("agents.md", "Over HTTP"): "tests/intake/http/test_programs.py",
    ("agents.md", "SMTP"): "tests/intake/smtp/test_docs.py",
    ("templates.md", "Templates: one mail for each row of data"): (
        "tests/cli/test_merging.py"
    ),
}
"""Sections with Python or files that another test runs, with a door that is open."""
SHOWN: Final[Mapping[tuple[str, str], str]] = {
    ("agents.md", "sendmail"): "settings of mutt; tests/intake runs the command",
    ("architecture.md", "5. Tree"): "printed from the code",
    ("architecture.md", "6. Layers"): "a drawing; a test has import-linter check it",
    ("architecture.md", "8. Providers"): "a sketch of an interface, for readers",
    ("housekeeping.md", "The log"): "a line of a log",
    ("linear.md", "Without a screen"): "a dialogue, as tests/cli/linear hold it",
    ("linear.md", "For expect"): "Tcl; tests/cli/linear drive it so",
    ("suppressions.md", "Reports"): "two lines of a page, as tests/cli show it",
}
"""Sections with blocks that are neither run nor read, and why."""

_COMMAND: Final = re.compile(r"(?<!`)`(tuimail(?: [^`\n]+)?)`(?!`)")
PAGES: Final = [pytest.param(path, id=name_of(path)) for path in pages()]
BLOCKS: Final = [block for path in pages() for block in blocks_of(path)]


def is_run(block: Block) -> bool:
    """Return whether a block is run here, or a file for those that are."""
    return block.language in RUN and (block.page, block.section) not in ELSEWHERE


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_works(page: Path, shell: Shell) -> None:
    """One block after the other, in one workspace, as a reader would try them."""
    session, names = Session(shell), dict[str, Any]()
    for block in blocks_of(page):
        if block.file:
            put(shell.folder, block.file, block.text)
        elif not is_run(block) or (block.page, block.section) in SHOWN:
            continue
        elif block.language == "console":
            session.run(block.text)
        else:
            programs.run(block.text, names, place=block.place)


@pytest.mark.parametrize(
    "block", [one for one in BLOCKS if one.language in READ], ids=lambda one: one.place
)
def test_what_is_not_run_is_read_by_what_would_read_it(
    block: Block, tmp_path: Path
) -> None:
    READ[block.language](block.text, tmp_path)


def test_lines_for_a_shell_are_no_nonsense() -> None:
    text = "\n".join(one.text for one in BLOCKS if one.language == "sh")

    done = subprocess.run(
        ["bash", "-n"], input=text, capture_output=True, check=False, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_other_block_is_listed_with_the_reason() -> None:
    others = {
        (one.page, one.section)
        for one in BLOCKS
        if not (one.language in RUN or one.language in READ or one.file)
    }
    sketches = {("architecture.md", "8. Providers")}

    assert others | sketches == SHOWN.keys()


def test_what_is_run_elsewhere_is_there() -> None:
    for path in ELSEWHERE.values():
        assert Path(__file__).parents[2].joinpath(path).is_file()


def in_passing(page: Path) -> list[str]:
    """Return the commands within sentences and tables."""
    prose = re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8"))
    return [re.sub(r"\s+", " ", one) for one in _COMMAND.findall(prose)]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_is_one(page: Path) -> None:
    """With flags that it has; placeholders and what is left out are not looked at."""
    for command in in_passing(page):
        reading.read_named(command.split()[1:])
