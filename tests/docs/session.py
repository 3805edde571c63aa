"""A shell for what the docs show being typed: it runs ``tuimail`` in this process.

It knows of a shell what the docs use: pipes, files, variables, comments, and
``echo $?``. What is shown below a command is compared with what comes. In it
``…`` stands for anything, and on a line of its own for any lines; widths of
columns, days, times, tokens and the ids of mails are not compared, but the same id
means the same mail on the whole page.
"""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Any, Final

from tests.cli.conftest import Shell

PROMPT: Final = "$ "
_ID: Final = re.compile(r"\b0[0-9a-hjkmnp-tv-z]{15}\b")
_TOKEN: Final = re.compile(r"tm_[\w…-]+")
_CLOCK: Final = re.compile(
    r"\b\d{4}-\d\d-\d\d\b(?:[T ]\d\d:\d\d(?::[\d.]+)?Z?)?|\b\d\d:\d\d(?::\d\d)?\b"
)
_ASSIGNMENT: Final = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_VARIABLE: Final = re.compile(r"\$(?:\{([A-Z_]+)\}|([A-Z_]+))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One command, and what is shown below it."""

    line: int
    command: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a command really did."""

    code: int = 0
    out: bytes = b""
    talk: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything that a person would see, stdout first."""
        return (*_full(self.out.decode(errors="replace")), *_full(self.talk))


def typed_in(text: str) -> Iterator[Typed]:
    """Yield the commands of a block with what is shown below each."""
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith(PROMPT)]
    assert starts[:1] == [0], "A console block begins with a command, after “$ ”."
    for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        last = at
        while lines[last].endswith("\\"):
            last += 1
        command = "\n".join(lines[at : last + 1]).removeprefix(PROMPT)
        yield Typed(line=at, command=command, shown=tuple(lines[last + 1 : end]))


@dataclass
class Session:
    """Goes through the commands of one page."""

    tuimail: Shell
    ids: dict[str, str] = field(default_factory=dict)
    """Those of the page, and of which mail they are here."""
    code: int = 0
    """What the last command ended with."""

    def run(self, text: str) -> None:
        """Type everything in a block, and compare."""
        commands = [*typed_in(text)]
        for one, after in zip(commands, [*commands[1:], None], strict=True):
            came = self._came(one.command)
            is_told = after is not None and after.command == "echo $?"
            is_told = is_told or any("tuimail: " in line for line in one.shown)
            assert came.code == 0 or is_told, (one.command, came)
            if one.shown:
                self._compare(one, came)

    def _came(self, command: str) -> Came:
        if command == "echo $?":
            return Came(out=f"{self.code}\n".encode())
        for shown, real in self.ids.items():
            command = command.replace(shown, real)
        came = self._piped(_words(command))
        self.code = came.code
        return came

    def _piped(self, words: list[str]) -> Came:
        came, talk, at = Came(), "", 0
        while at <= len(words):
            end = words.index("|", at) if "|" in words[at:] else len(words)
            came = self._one(words[at:end], came.out)
            talk, at = talk + came.talk, end + 1
        return Came(code=came.code, out=came.out, talk=talk)

    def _one(self, words: list[str], given: bytes) -> Came:
        words, source, target = _redirected(words)
        if source:
            given = (self.tuimail.folder / source).read_bytes()
        words = [*self._without_assignments(words)]
        came = self._done(words, given) if words else Came()
        if target:
            (self.tuimail.folder / target).write_bytes(came.out)
            return Came(code=came.code, talk=came.talk)
        return came

    def _done(self, words: list[str], given: bytes) -> Came:
        name, *rest = [_filled(word) for word in words]
        if name == "tuimail":
            answer = self.tuimail(*rest, stdin=given)
            return Came(code=answer.code, out=answer.raw, talk=answer.talk)
        done = subprocess.run(
            [name, *rest], cwd=self.tuimail.folder, input=given, capture_output=True,
            check=False, timeout=30,
        )  # fmt: skip
        return Came(code=done.returncode, out=done.stdout, talk=done.stderr.decode())

    def _without_assignments(self, words: Iterable[str]) -> Iterator[str]:
        """Yield the words behind what is set; it stays set for the page."""
        is_over = False
        for word in words:
            found = None if is_over else _ASSIGNMENT.fullmatch(word)
            if found:
                self.tuimail.monkeypatch.setenv(found[1], _filled(found[2]))
            elif word != "export" or is_over:
                is_over = True
                yield word

    def _compare(self, typed: Typed, came: Came) -> None:
        if typed.shown[0].lstrip().startswith(("{", "[")) and _is_json(came.out):
            shown = json.loads("\n".join(typed.shown))
            self._compare_json(shown, json.loads(came.out), typed.command)
            return
        expected = [line for line in typed.shown if line.strip()]
        halves = (_full(came.out.decode()), _full(came.talk))
        for order in permutations(halves):
            found = self._match(expected, [line for half in order for line in half])
            if found is not None:
                self.ids.update(found)
                return
        raise AssertionError("\n".join([typed.command, "really shows:", *came.lines]))

    def _match(self, shown: list[str], real: list[str]) -> dict[str, str] | None:
        """Return which ids are which, if the lines are the same."""
        if not shown:
            return None if real else {}
        if shown[0].strip() == "…":
            rest = (self._match(shown[1:], real[at:]) for at in range(len(real) + 1))
            return next((found for found in rest if found is not None), None)
        found = self._line(shown[0], real[0]) if real else None
        if found is None:
            return None
        after = self._match(shown[1:], real[1:])
        return None if after is None else found | after

    def _line(self, shown: str, real: str) -> dict[str, str] | None:
        named = [*dict.fromkeys(_ID.findall(shown))]
        found = re.fullmatch(_pattern(shown, named), " ".join(real.split()))
        if found is None:
            return None
        ids = {one: found[f"id{at}"] for at, one in enumerate(named)}
        return ids if all(self.ids.get(a, b) == b for a, b in ids.items()) else None

    def _compare_json(self, shown: Any, real: Any, command: str) -> None:
        """Hold what is shown of a document against all of it."""
        if isinstance(shown, dict):
            assert shown.keys() <= real.keys(), (command, real)
            for key, value in shown.items():
                self._compare_json(value, real[key], command)
        elif isinstance(shown, list) and shown != ["…"]:
            assert len(shown) == len(real), (command, real)
            for one, other in zip(shown, real, strict=True):
                self._compare_json(one, other, command)
        elif isinstance(shown, str) and isinstance(real, str):
            found = self._line(shown, real)
            assert found is not None, (command, shown, real)
            self.ids.update(found)
        elif shown != ["…"]:
            assert shown == real, command


def put(folder: Path, name: str, text: str) -> None:
    """Write a file that the docs show."""
    (folder / name).write_text(text, "utf-8")


def _words(command: str) -> list[str]:
    lexer = shlex.shlex(
        command.replace("\\\n", " "), posix=True, punctuation_chars="|<>"
    )
    lexer.whitespace_split = True
    return list(lexer)


def _redirected(words: list[str]) -> tuple[list[str], str, str]:
    source = target = ""
    left: list[str] = []
    found = iter(words)
    for word in found:
        if word == "<":
            source = next(found)
        elif word == ">":
            target = next(found)
        else:
            left.append(word)
    return left, source, target


def _filled(word: str) -> str:
    return _VARIABLE.sub(lambda one: os.environ[one[1] or one[2]], word)


def _pattern(shown: str, named: list[str]) -> str:
    """Return a pattern of what a line that is shown may really be."""
    text = " ".join(shown.split())
    marks = re.compile("|".join(p.pattern for p in (_ID, _TOKEN, _CLOCK)) + "|…")
    parts, at, seen = [], 0, set[str]()
    for found in marks.finditer(text):
        parts.append(re.escape(text[at : found.start()]))
        parts.append(_part(found.group(), named, seen))
        at = found.end()
    return "".join([*parts, re.escape(text[at:])])


def _part(word: str, named: list[str], seen: set[str]) -> str:
    if word == "…":
        return ".*?"
    if word not in named:
        return r"tm_[\w-]+" if word.startswith("tm_") else f"(?:{_CLOCK.pattern})"
    name = f"id{named.index(word)}"
    if word in seen:
        return f"(?P={name})"
    seen.add(word)
    return f"(?P<{name}>{_ID.pattern})"


def _full(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
