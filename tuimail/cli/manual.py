"""The man page, made from the same text as ``--help``."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tuimail import __version__
from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, nothing
from tuimail.cli.reference import Taken, Verb, verbs
from tuimail.cli.verbs import GLOBAL_OPTIONS, GROUPS, LINEAR, SHORT
from tuimail.settings.variables import VARIABLES

EXITS: Final[Mapping[int, str]] = {
    exits.DONE: "Done.",
    exits.REFUSED: "Refused or failed; the record says why.",
    exits.USAGE: "The command line is wrong.",
    exits.WAITS: (
        "It waits: for a review, for a later try, or for a person because nobody "
        "knows whether it arrived."
    ),
    exits.SETTINGS: "Settings, accounts or secrets need attention.",
    exits.INTERRUPTED: "Interrupted.",
}
_ABOUT: Final = (
    "tuimail is where mail waits, is looked at, and leaves. A person writes in it; "
    "scripts and agents hand drafts to it; a reviewer sees the exact bytes and lets "
    "them go or sends them back with a reason; a sender delivers them through the "
    "person's own accounts, and never loses one or sends one twice."
)
_HOW: Final = (
    "Without a verb, the app opens. On stdout is data, on stderr is talk. With "
    "--json the answer is one JSON document, errors too; tuimail schema VERB "
    "describes it."
)
_FILES: Final[Mapping[str, str]] = {
    "config.toml": "The person's own settings, in the platform's configuration folder.",
    "accounts.toml": "The ways out, beside it; written by tuimail.",
    "policy.toml": "What the owner says about mail before it leaves, beside it.",
    "templates/": "The person's own templates, beside it.",
    ".tuimail/": "A workspace that is found from any folder below it.",
}


def page() -> str:
    """Return the manual as roff, for ``man``."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield f'.TH TUIMAIL 1 "" "tuimail {__version__}" "User Commands"'
    yield from (".SH NAME", rf"tuimail \- {_text(SHORT)}", ".SH SYNOPSIS")
    yield r"\fBtuimail\fR [\fIGLOBAL OPTIONS\fR] [\fIVERB\fR ...]"
    yield from (".SH DESCRIPTION", _text(_ABOUT), ".PP", _text(_HOW))
    yield ".SH GLOBAL OPTIONS"
    for line in GLOBAL_OPTIONS.splitlines()[1:]:
        flag, _, said = line.strip().partition("  ")
        yield from _entry(_bold(flag), said.strip())
    yield from _entry(_bold("--help"), "print what a verb takes, with examples")
    yield from _entry(_bold("--version"), "print the version")
    yield from _entry(_bold(LINEAR), "the app without a screen, in place of a verb")
    yield from _verbs()
    yield ".SH EXIT STATUS"
    for code, said in EXITS.items():
        yield from _entry(_bold(str(code)), said)
    yield ".SH ENVIRONMENT"
    for one in VARIABLES:
        yield from _entry(_bold(one.name), one.meaning.replace("`", ""))
    yield ".SH FILES"
    for name, said in _FILES.items():
        yield from _entry(rf"\fI{_text(name)}\fR", said)
    yield from (".SH SEE ALSO", _text("tuimail docs lists the pages of the docs."))


def _verbs() -> Iterator[str]:
    known = {one.name: one for one in verbs()}
    yield ".SH VERBS"
    for title, names in GROUPS:
        found = [known[name] for name in names if name in known]
        if found:
            yield f".SS {_text(title)}"
        for verb in found:
            yield from _verb(verb)


def _verb(verb: Verb) -> Iterator[str]:
    words = " ".join(_word(one) for one in verb.words)
    flags = r"[\fIOPTIONS\fR]" if verb.flags else ""
    head = " ".join(filter(None, (_bold(f"tuimail {verb.name}"), flags, words)))
    yield from _entry(head, f"{verb.summary[:1].upper()}{verb.summary[1:]}.")
    yield ".RS"
    for one in (*verb.words, *verb.flags):
        yield from _entry(_name(one), one.help)
    if verb.examples:
        yield from (".PP", "For example:", ".PP", ".nf", ".RS")
        yield from map(_text, verb.examples)
        yield from (".RE", ".fi")
    yield ".RE"


def _name(one: Taken) -> str:
    value = rf" \fI{_text(one.metavar)}\fR" if one.metavar else ""
    if not one.flags:
        return value.strip()
    return ", ".join(_bold(flag) + value for flag in one.flags)


def _word(one: Taken) -> str:
    shown = rf"\fI{_text(one.metavar)}\fR"
    return shown if one.is_required else f"[{shown}]"


def _entry(head: str, said: str) -> Iterable[str]:
    return (".TP", head, _text(said))


def _bold(text: str) -> str:
    return rf"\fB{_text(text)}\fR"


def _text(text: str) -> str:
    r"""Return text as roff has it: ``\``, ``-`` and first characters mean something."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    plain = "".join(one if one.isascii() else rf"\[u{ord(one):04X}]" for one in escaped)
    return rf"\&{plain}" if plain[:1] in {".", "'"} else plain


def _man(call: Call) -> int:
    text = page()
    if call.console.is_json:
        call.console.document({"page": text})
    else:
        call.console.data(*text.splitlines())
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "man": Command(
        arguments=nothing,
        run=_man,
        examples=("tuimail man | man -l -", "tuimail man > tuimail.1"),
    ),
}
