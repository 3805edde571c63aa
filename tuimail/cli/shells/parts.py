"""What the scripts of all shells are made of."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tuimail.cli.reference import Taken, Verb
from tuimail.cli.verbs import VERBS

ASKED: Final[Mapping[str, str]] = {
    "mails": "list --limit 200",
    "accounts": "accounts list",
    "clients": "clients list",
    "reviewers": "reviewers list",
    "templates": "template list",
    "pages": "docs --limit 200",
}
"""What tuimail lists the values of a kind by; each is the first word of a line."""
GLOBAL_FLAGS: Final[Mapping[str, tuple[str, str]]] = {
    "--workspace": ("folders", "the workspace to use"),
    "--config": ("files", "the configuration to use"),
    "--json": ("", "answer with one JSON document"),
    "--quiet": ("", "say nothing but what went wrong"),
    "--help": ("", "print what a verb takes"),
    "--version": ("", "print the version"),
}
"""Flag to what its value is one of, and what it does."""


def filled(script: str, **parts: str) -> str:
    """Return a script with its parts put in where their names stand."""
    for name, part in parts.items():
        script = script.replace(f"@{name}@", part)
    return script


def flags_of(verb: Verb) -> list[str]:
    """Return every flag of a verb, in each of its spellings."""
    return [flag for one in verb.flags for flag in one.flags]


def first_words(known: Iterable[Verb]) -> dict[str, str]:
    """Return the first words of verbs, and what they do where they are whole."""
    found: dict[str, str] = {}
    for verb in known:
        first, _, more = verb.name.partition(" ")
        said = found.get(first)
        if not more:
            found[first] = verb.summary
        elif said != VERBS.get(first, ("", ""))[1]:
            found[first] = f"{said}, {more}" if said else more
    return found


def second_words(known: tuple[Verb, ...]) -> dict[str, dict[str, str]]:
    """Return first words to the second words they have, with what these do."""
    found: dict[str, dict[str, str]] = {}
    for verb in known:
        first, _, more = verb.name.partition(" ")
        if more:
            found.setdefault(first, {})[more] = verb.summary
    return found


def kinds(known: Iterable[Verb]) -> str:
    """Return the branches that print of which kind a value is."""
    by_kind: dict[str, list[str]] = {}
    for verb in known:
        for flag, kind in _values(verb):
            by_kind.setdefault(kind, []).append(quoted(f"{verb.name} {flag}"))
    return "\n".join(
        f"    {'|'.join(places)}) printf '%s' {quoted(kind)} ;;"
        for kind, places in by_kind.items()
    )


def _values(verb: Verb) -> Iterator[tuple[str, str]]:
    """Yield each flag with a value, and the kind; the first word as no flag."""
    for one in verb.words[:1]:
        yield "", _kind(one)
    for one in verb.flags:
        if one.metavar:
            yield from ((flag, _kind(one)) for flag in one.flags)


def _kind(one: Taken) -> str:
    if one.choices:
        return f"words {' '.join(one.choices)}"
    return one.kind or "text"


def joined(words: Iterable[str]) -> str:
    """Return words as one word of a shell."""
    return quoted(" ".join(words))


def quoted(text: str) -> str:
    """Return text as one word of bash or zsh."""
    return "'" + text.replace("'", "'\\''") + "'"
