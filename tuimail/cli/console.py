"""What is printed and asked: stdout is data, stderr is talk.

The one rule kept here: no text that came from a mail, a server or an agent
is printed except through ``core.display``, whether a terminal reads it or a
pipe. Every line does, ours too, so that no caller can forget it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TextIO

from tuimail.cli.tints import Tint, tinted
from tuimail.errors import StoreError, TuimailError, UsageError


class Console:
    """The three streams of one command."""

    def __init__(
        self,
        *,
        stdin: TextIO | None,
        stdout: TextIO | None,
        stderr: TextIO | None,
        is_json: bool = False,
        is_quiet: bool = False,
        has_colours: bool = False,
    ) -> None:
        self.is_json = is_json
        self.is_quiet = is_quiet
        """Whether only what is asked, and what went wrong, is said."""
        self._has_colours = has_colours
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        self._has_nowhere_to_write = stdout is None
        self._has_answered = False

    @property
    def is_terminal(self) -> bool:
        """Whether a person can be asked, and sees the question."""
        return _is_terminal(self._stdin) and _is_terminal(self._stderr)

    @property
    def talks_to_person(self) -> bool:
        """Whether what is said goes to a terminal."""
        return _is_terminal(self._stderr)

    @property
    def shows_to_person(self) -> bool:
        """Whether the data goes to a terminal, not to a program or a file."""
        return _is_terminal(self._stdout)

    def data(self, *lines: str) -> None:
        """Print lines of the answer; always inert, because pipes end on terminals.

        A pager, ``head`` and ``tee`` hand on what they are given. What is to be
        exact has ``document`` and ``raw``.
        """
        self._write("".join(f"{_inert_cells(line)}\n" for line in lines))

    def heading(self, line: str) -> None:
        """Print the line above the columns of a table."""
        self._write(f"{self._tinted(_inert(line), Tint.HEADING, self._stdout)}\n")

    def document(self, document: Mapping[str, object]) -> None:
        """Print the one JSON document of ``--json``; later ones are dropped.

        ASCII only, so that nothing in it can act on a terminal.
        """
        import json  # noqa: PLC0415 - only where it is asked for

        if not self._has_answered:
            self._has_answered = True
            self._write(json.dumps(document, ensure_ascii=True, indent=2) + "\n")

    def raw(self, content: bytes) -> None:
        """Write bytes exactly as they are, on a terminal too."""
        self._require_somewhere()
        if self._stdout is None:
            return
        with _Writing(self):
            self._stdout.flush()
            self._stdout.buffer.write(content)

    def say(self, *lines: str, mark: str = "", tint: Tint = Tint.PLAIN) -> None:
        """Talk to the person, unless nobody wants to hear of it; as ``insist``."""
        if not self.is_quiet:
            self.insist(*lines, mark=mark, tint=tint)

    def insist(self, *lines: str, mark: str = "", tint: Tint = Tint.PLAIN) -> None:
        """Say what an answer depends on, or what went wrong; quiet or not.

        Always inert, because logs end on terminals too. Where the terminal was
        closed, nobody listens any more, and that is fine.

        Args:
            lines: What is said.
            mark: A word of ours that the first line begins with.
            tint: How that word stands out, where it can.
        """
        if self._stderr is not None:
            begin = self._tinted(mark, tint, self._stderr)
            with suppress(OSError):
                text = "".join(f"{_inert(line)}\n" for line in lines)
                self._stderr.write(begin + text)
                self._stderr.flush()

    def rewrite(self, line: str) -> None:
        """Say ``line`` over the one before it, for a countdown."""
        if self._stderr is not None and not self.is_quiet:
            self._stderr.write(f"\r{_inert(line)} ")
            self._stderr.flush()

    def error(self, error: TuimailError) -> None:
        """Say what went wrong and what to type next.

        To programs too, where the one document was begun already, or is lost.
        """
        if self.is_json and not self._has_answered:
            self.document({"error": error_document(error)})
            return
        hint = [f"  {error.hint}"] if error.hint else []
        self.insist(f" {error}", *hint, mark="tuimail:", tint=Tint.WRONG)

    def ask(self, question: str) -> str:
        """Return the line that the person typed; empty at the end of input."""
        return self.answer(question) or ""

    def answer(self, question: str) -> str | None:
        """Return the line that the person typed; None at the end of input."""
        if self._stdin is not None and self._stderr is not None:
            self._stderr.write(_inert(question) + " ")
            self._stderr.flush()
        line = self._line()
        return line.strip() if line else None

    def read(self, limit_bytes: int) -> bytes:
        """Return what is on stdin, at most ``limit_bytes`` of it.

        Raises:
            UsageError: It is closed, or cannot be read.
        """
        stdin = self._open_stdin()
        try:
            return stdin.buffer.read(limit_bytes)
        except OSError as error:
            raise _unreadable(error) from error

    def lines(self, limit_bytes: int) -> Iterator[bytes]:
        """Yield what is on stdin by lines, at most ``limit_bytes`` of it."""
        stdin = self._open_stdin()
        while limit_bytes > 0:
            try:
                line = stdin.buffer.readline(limit_bytes)
            except OSError as error:
                raise _unreadable(error) from error
            if not line:
                return
            limit_bytes -= len(line)
            yield line

    def some(self, limit_bytes: int) -> bytes:
        """Return what is on stdin by now, waiting for it; nothing at its end."""
        buffer = self._open_stdin().buffer
        found: bytes = getattr(buffer, "read1", buffer.read)(limit_bytes)
        return found

    def relay(self, content: bytes) -> None:
        """Write bytes exactly as they are, and at once."""
        self.raw(content)
        self.close()

    def be_quiet(self) -> None:
        """Say nothing more, not even what goes wrong."""
        self._stderr = None

    def read_line(self) -> str:
        """Return the first line on stdin, without its end."""
        return self._line().rstrip("\r\n")

    def _open_stdin(self) -> TextIO:
        """Return stdin; one that is closed is no empty text that could be sent."""
        if self._stdin is None:
            raise UsageError(
                "Nothing can be read from stdin: it is closed.",
                hint="Give it a file, or the end of a pipe.",
                field="stdin",
            )
        return self._stdin

    def _line(self) -> str:
        line = ""
        try:
            line = self._stdin.readline() if self._stdin else ""
            line.encode()
        except OSError as error:
            raise _unreadable(error) from error
        except UnicodeError as error:
            raise UsageError(
                "What is on stdin is not UTF-8 text.",
                hint="Write it as UTF-8, then try again.",
                field="stdin",
            ) from error
        return line

    def close(self) -> None:
        """Send out what is still buffered."""
        if self._stdout is not None:
            with _Writing(self):
                self._stdout.flush()

    def _tinted(self, text: str, tint: Tint, stream: TextIO | None) -> str:
        return (
            tinted(text, tint) if self._has_colours and _is_terminal(stream) else text
        )

    def _write(self, text: str) -> None:
        self._require_somewhere()
        if self._stdout is not None:
            with _Writing(self):
                self._stdout.write(text)

    def _require_somewhere(self) -> None:
        """Refuse to lose an answer: a shell's ``>&-`` is no reader that has gone."""
        if self._has_nowhere_to_write:
            raise _unwritten("stdout is closed")

    def give_up_stdout(self) -> None:
        """Drop what is left for a reader that has gone.

        What the command did is done, and its exit code says so; an error here
        would have a script send the same mail again.
        """
        if self._stdout is not None:
            _lead_nowhere(self._stdout)
        self._stdout = None


class _Writing:
    """A write to stdout: a reader that has gone is fine, a full disk is not."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
        if not isinstance(error, OSError):
            return False
        self._console.give_up_stdout()
        if isinstance(error, BrokenPipeError):
            return True
        raise _unwritten(error.strerror) from error


def _unwritten(why: str | None) -> StoreError:
    return StoreError(
        f"The answer could not be written: {why}.",
        hint="Look at what happened: tuimail list",
    )


def _unreadable(error: OSError) -> UsageError:
    return UsageError(
        f"Nothing can be read from stdin: {error.strerror}.",
        hint="Give it a file, or the end of a pipe.",
        field="stdin",
    )


def error_document(error: TuimailError) -> dict[str, str]:
    """Return an error as programs read it."""
    return {
        "code": error.code,
        "message": str(error),
        "hint": error.hint,
        "field": error.field,
    }


def prepared(stream: TextIO | None) -> TextIO | None:
    """Return ``stream``, made to take any text; some locales know only ASCII."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return stream


def _lead_nowhere(stream: TextIO) -> None:
    """Let what is still buffered go to no file, when the interpreter ends."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _inert_cells(line: str) -> str:
    """Return a line made inert; a tab moves nothing but the next column."""
    return "\t".join(map(_inert, line.split("\t")))


def _inert(line: str) -> str:
    """Return ``line`` as a terminal may have it; most lines are so already."""
    if line.isascii() and line.isprintable():
        return line
    from tuimail.core.display import display  # noqa: PLC0415 - not for --help

    return display(line)
