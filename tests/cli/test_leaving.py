"""The end of a command: at once, with all that Python would have done before."""

import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import IO

import pytest

STARTED = "import atexit, sys, threading; from tuimail.__main__ import main; "


def _ended(
    program: str,
    *words: str,
    options: tuple[str, ...] = (),
    stdout: int | IO[str] = PIPE,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", STARTED + program, *words],
        stdout=stdout,
        stderr=PIPE,
        check=False,
        text=True,
        timeout=60,
    )


def test_it_ends_with_its_code_and_everything_that_it_said() -> None:
    done = _ended("main(); print('still here')", "nonsense")

    assert (done.returncode, done.stdout) == (2, "")
    assert "nonsense" in done.stderr


def test_an_answer_into_a_pipe_is_whole() -> None:
    done = _ended("main(); print('still here')", "--help")

    assert done.returncode == 0
    assert done.stdout.endswith("More about all: man tuimail, tuimail docs\n")


def test_whoever_asked_to_be_called_at_the_end_is() -> None:
    done = _ended("atexit.register(print, 'called'); main()", "--version")

    assert done.stdout.splitlines()[-1] == "called"


def test_a_thread_that_works_is_waited_for() -> None:
    program = (
        "go = threading.Event(); "
        "threading.Thread(target=lambda: (go.wait(), print('done'))).start(); "
        "code = main(); go.set(); sys.exit(code)"
    )

    done = _ended(program, "--version")

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "done")


@pytest.mark.parametrize(
    ("watching", "options"),
    [
        ("sys.settrace(lambda *_: None); ", ()),
        ("sys.setprofile(lambda *_: None); ", ()),
        ("", ("-X", "dev")),
    ],
)
def test_whoever_watches_sees_the_end(watching: str, options: tuple[str, ...]) -> None:
    program = f"{watching}code = main(); print('still here'); sys.exit(code)"

    done = _ended(program, "--version", options=options)

    assert done.stdout.splitlines()[-1] == "still here"


def test_a_stream_that_takes_no_more_is_left_to_python() -> None:
    """It says so as for any program, with the code that it has for that."""
    program = "print('more than it takes'); sys.exit(main())"

    with Path("/dev/full").open("w") as full:
        done = _ended(program, "--version", stdout=full)

    assert done.returncode not in {0, None}
    assert "No space left" in done.stderr
