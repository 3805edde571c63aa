import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import FullStream, GoneStream, Stream
from tuimail.cli.console import Console, _inert, prepared
from tuimail.core.display import display
from tuimail.errors import StoreError, UsageError

HOSTILE = "\x1b]0;owned\x07\u202etxt\x9b2J\rX"


def _console(
    *, out: Stream | None = None, err: Stream | None = None, stdin: bytes = b""
) -> Console:
    return Console(stdin=Stream(stdin), stdout=out, stderr=err)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_data_is_inert_wherever_it_goes(*, is_terminal: bool) -> None:
    """A pager and ``tee`` hand on to a terminal what they are given."""
    out = Stream(is_terminal=is_terminal)

    _console(out=out).data(f"Subject: {HOSTILE}")

    assert not set("\x1b\x07\u202e\x9b\r") & set(out.bytes.decode())


def test_tabs_between_columns_stay() -> None:
    out = Stream()

    _console(out=out).data("a\tb\x1bc\té")

    assert out.bytes.decode() == "a\tb␛c\té\n"


def test_a_line_break_inside_a_value_cannot_begin_a_line_on_a_terminal() -> None:
    out = Stream(is_terminal=True)

    _console(out=out).data("Subject: a\nBcc: nobody")

    assert out.bytes.decode().count("\n") == 1


def test_talk_is_inert_wherever_it_goes() -> None:
    err = Stream()

    _console(err=err).say(HOSTILE)

    assert "\x1b" not in err.bytes.decode()


@given(st.text())
def test_the_short_cut_for_plain_lines_is_what_display_does(line: str) -> None:
    assert _inert(line) == display(line)


def test_a_document_is_ascii_and_only_the_first_is_printed() -> None:
    out = Stream()
    console = _console(out=out)

    console.document({"a": "é\x7f\x1b\udcff"})
    console.document({"b": 1})

    assert out.bytes == b'{\n  "a": "\\u00e9\\u007f\\u001b\\udcff"\n}\n'


def test_bytes_are_written_exactly_and_in_order() -> None:
    out = Stream(is_terminal=True)
    console = _console(out=out)

    console.data("first")
    console.raw(b"\x00\r\n\x1b")

    assert out.bytes == b"first\n\x00\r\n\x1b"


def test_a_question_goes_to_stderr_and_the_answer_is_trimmed() -> None:
    err = Stream()
    console = _console(err=err, stdin=b" abc \nnext\n")

    assert console.ask("Digest?") == "abc"
    assert err.bytes == b"Digest? "
    assert console.read_line() == "next"
    assert console.ask("Again?") == ""


def test_streams_that_are_closed_are_no_terminal_and_hear_nothing() -> None:
    console = Console(stdin=None, stdout=None, stderr=None)

    console.say("x")
    console.rewrite("x")
    console.close()

    assert not console.is_terminal
    assert not console.shows_to_person
    assert (console.ask("?"), console.read_line()) == ("", "")
    with pytest.raises(UsageError, match="it is closed"):
        console.read(9)


@pytest.mark.parametrize(
    "write",
    [
        lambda console: console.data("x"),
        lambda console: console.raw(b"x"),
        lambda console: console.document({}),
        lambda console: console.heading("x"),
    ],
)
def test_an_answer_that_has_nowhere_to_go_is_not_lost_unsaid(
    write: Callable[[Console], None],
) -> None:
    with pytest.raises(StoreError, match="stdout is closed"):
        write(_console(out=None))


def test_a_reader_that_has_gone_stops_nothing() -> None:
    console = _console(out=GoneStream())

    console.data("one")
    console.data("two")

    assert not console.shows_to_person


def test_a_full_disk_is_said() -> None:
    console = _console(out=FullStream())

    with pytest.raises(StoreError, match="No space left on device"):
        console.data("x")


def test_a_full_disk_is_said_to_programs_too() -> None:
    """Their document is what could not be written."""
    err = Stream()
    console = Console(
        stdin=None, stdout=FullStream(), stderr=err, is_json=True, is_quiet=True
    )

    with pytest.raises(StoreError) as caught:
        console.document({})
    console.error(caught.value)

    assert b"No space left on device" in err.bytes


def test_a_mistake_while_writing_is_not_taken_for_the_disk() -> None:
    console = _console(out=Stream())

    with pytest.raises(TypeError):
        console.raw("text")  # type: ignore[arg-type]  # the mistake


def test_a_stream_of_a_poor_locale_takes_any_text() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    written = prepared(stream)
    assert written is not None
    written.write("é\udcff")

    written.flush()
    assert stream.buffer.getvalue() == b"\\xe9\\udcff"
    assert prepared(None) is None


@pytest.mark.parametrize("target", ["/dev/full", "pipe"])
def test_nothing_but_one_sentence_is_said_when_stdout_fails(target: str) -> None:
    """Python itself would add an "Exception ignored" and end with 120."""
    if target == "pipe":
        reading, writing = os.pipe()
        os.close(reading)
    else:
        writing = os.open(target, os.O_WRONLY)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tuimail", "--help"],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)

    expected = b"" if target == "pipe" else b"The answer could not be written"
    assert (done.returncode, expected in done.stderr) == (target != "pipe", True)
    assert b"Exception" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["list", "list --json", "--help", "show nothing"])
def test_a_stdout_that_the_shell_closed_is_said(tmp_path: Path, words: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m tuimail {words} >&-', sys.executable],
        env=os.environ | {"TUIMAIL_WORKSPACE": str(tmp_path / "workspace")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert ("stdout is closed" in done.stderr) == (words != "show nothing")
    assert "Traceback" not in done.stderr
