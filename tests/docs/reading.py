"""Examples that are not run: each is read by what would read it.

A file of settings by the settings, a command by the parser of its verb, JSON by
a strict parser.
"""

import json
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tuimail.cli.entry import command_of
from tuimail.cli.parser import Parser, parse
from tuimail.cli.words import Words
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http_api.definition import parse_definition
from tuimail.providers.registry import provider_class
from tuimail.settings import config
from tuimail.settings.importing.msmtp import from_msmtp
from tuimail.settings.policy_file import policy_in
from tuimail.tui import keymap, themes

_BETWEEN: Final = frozenset({"|", "&&", ";", "||", "(", ")"})
_WHOLE: Final = """[accounts.{name}]
provider = "smtp"
address = "ada@example.org"
host = "smtp.example.org"
"""
_ANY_VERB: Final = "VERB"
"""Stands for each of them."""
_SERVERS: Final = frozenset({"mcpServers", "servers", "context_servers"})
"""What programs for agents call the list of those who give them tools."""
_ARROWS: Final = frozenset({"<", ">", ">>"})


def read_toml(text: str, folder: Path) -> None:
    """Read a file of ours, or a part of one, as the program does."""
    values = tomllib.loads(text)
    kind = next((one for key, one in _KINDS.items() if key in values), _settings)
    kind(text, values, folder)


def read_json(text: str) -> None:
    """Read JSON; a name that stands twice is a mistake."""
    values = json.loads(text, object_pairs_hook=_once)
    for name in _SERVERS & values.keys() if isinstance(values, dict) else ():
        _servers(values[name])


def read_msmtprc(text: str) -> None:
    """Read msmtp's settings, as they are taken over."""
    (found,) = from_msmtp(text, source="msmtprc")
    assert not found.problem, found


def read_shell(text: str) -> None:
    """Read every command of ours in lines for a shell, by the parser of its verb.

    Variables of ours that are set in them are read by the settings.
    """
    for words in _ours(text):
        found = Words(words)
        assert found.error is None, (words, found.error)
        if found.verb and not found.wants_help:
            parse(Parser(found.verb, "try"), command_of(found.verb), found.rest)
    config.load(Path("/nowhere/config.toml"), dict(_exported(text)))


def _exported(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.startswith("export TUIMAIL_"):
            (_, word) = shlex.split(line, comments=True)
            name, _, value = word.partition("=")
            yield name, value


def read_named(words: list[str]) -> None:
    """Look for the verb of a command that a sentence names, and for its flags."""
    found = Words(words)
    if words[:1] == [_ANY_VERB]:
        return
    assert found.error is None, (words, found.error)
    command = command_of(found.verb)
    if command.takes_words:
        return
    parser = Parser(found.verb, "try")
    command.arguments(parser)
    known = {flag for one in parser.actions for flag in one.option_strings}
    named = {word.partition("=")[0] for word in found.rest if word.startswith("--")}
    assert named <= known, (words, named - known)


def _ours(text: str) -> Iterator[list[str]]:
    begun = ""
    for line in text.replace("\\\n", " ").splitlines():
        begun += f"{line}\n"
        with suppress(ValueError):  # a quote that ends on a later line
            yield from _commands(_words(begun))
            begun = ""
    assert not begun, begun


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>&;()")
    lexer.whitespace_split = True
    return [*lexer]


def _commands(words: list[str]) -> Iterator[list[str]]:
    command: list[str] = []
    for before, word in zip(["", *words], [*words, "|"], strict=False):
        if word in _BETWEEN:
            while command and "=" in command[0]:
                command.pop(0)
            if command[:1] == ["tuimail"]:
                yield command[1:]
            command = []
        elif not {before, word} & _ARROWS:
            command.append(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def _theme(text: str, _values: Mapping[str, Any], folder: Path) -> None:
    path = folder / "one.toml"
    path.write_text(text, "utf-8")
    themes.load(path)


def _policy(text: str, _values: Mapping[str, Any], _folder: Path) -> None:
    policy_in(Path("policy.toml"), text.encode())


def _service(text: str, _values: Mapping[str, Any], _folder: Path) -> None:
    parse_definition(text.encode())


def _host(_text: str, values: Mapping[str, Any], _folder: Path) -> None:
    _servers(values["mcp_servers"])


def _servers(values: Mapping[str, Any]) -> None:
    """Read how a program for agents starts what gives them tools."""
    for one in values.values():
        read_shell(shlex.join([one["command"], *one["args"]]))


def _accounts(text: str, values: Mapping[str, Any], folder: Path) -> None:
    """Read accounts, and have their providers read what is theirs.

    A part of one, after ``# …``, is put below a whole one.
    """
    for name in values["accounts"]:
        text = text.replace(f"[accounts.{name}]\n# …\n", _WHOLE.format(name=name))
    for one in _read(text, folder, "accounts.toml").accounts:
        made = ProviderAccount(name=one.name, options=one.options, secret=lambda: "x")
        provider_class(one.provider)(made)


def _settings(text: str, _values: Mapping[str, Any], folder: Path) -> None:
    """Read settings, and the keys among them as the app does."""
    found = _read(text, folder, "config.toml")
    problems = keymap.remap(found.keys).problems
    assert not problems, problems


def _read(text: str, folder: Path, name: str) -> config.Config:
    place = folder / "read"
    place.mkdir(exist_ok=True)
    for path in place.iterdir():
        path.unlink()
    path = place / name
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return config.load(place / "config.toml", {})


_KINDS: Final[Mapping[str, Callable[[str, Mapping[str, Any], Path], None]]] = {
    "version": _policy,
    "accounts": _accounts,
    "primary": _theme,
    "request": _service,
    "mcp_servers": _host,
}
"""What a file is, by a key that only it has."""
