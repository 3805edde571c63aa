"""Prints the parts of the docs that are facts about the code.

``python -m tests.architecture.printed`` writes them into the docs; a test
compares. A printed part stands between ``<!-- printed: NAME -->`` and
``<!-- end -->``.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from tuimail import errors
from tuimail.core import lifecycle
from tuimail.core.checks.secret_rules import RULES
from tuimail.intake.fields import AttachmentDocument, DraftDocument
from tuimail.providers.registry import names
from tuimail.settings.variables import VARIABLES, provider_prefix
from tuimail.tui import keymap
from tuimail.tui.keys.key import Key, Scope

PACKAGE: Final = Path(errors.__file__).parent
DOCS: Final = PACKAGE / "docs"
State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)
_PART: Final = re.compile(
    r"(?<=<!-- printed: )(?P<name>[a-z-]+) -->\n\n(?P<text>.*?)\n\n(?=<!-- end -->)",
    re.DOTALL,
)


def draft_steps() -> str:
    """Return the table of what may happen to a draft."""
    return _steps(lifecycle.DRAFT_STEPS, lifecycle.DraftEvent)


def submission_steps() -> str:
    """Return the table of what may happen to a submission."""
    return _steps(lifecycle.SUBMISSION_STEPS, lifecycle.SubmissionEvent)


def error_codes() -> str:
    """Return the table of every error's code."""
    return _table(
        ("code", "exit code", "meaning"),
        (
            (f"`{one.code}`", str(one.exit_code), (one.__doc__ or "").rstrip("."))
            for one in every_error()
        ),
    )


def secrets() -> str:
    """Return the codes of everything that is taken for a secret."""
    return ", ".join(f"`{code}`" for code in sorted({rule.code for rule in RULES}))


def keys() -> str:
    """Return a table of keys for each place they work in."""
    return "\n\n".join(
        f"### {scope.value.capitalize()}\n\n"
        + _table(
            ("keys", "what", "id"),
            ((_shown(key), key.help, f"`{key.id}`") for key in keymap.KEYS
             if key.scope is scope),
        )
        for scope in Scope
    )  # fmt: skip


def variables() -> str:
    """Return every variable that is read, those of each provider among them."""
    named = [(f"`{one.name}`", one.meaning, _example(one.example)) for one in VARIABLES]
    providers = [
        (f"`{provider_prefix(one)}…`", f"settings of `{one}`", "")
        for one in sorted(names())
    ]
    return _table(("variable", "what it says", "for example"), [*named, *providers])


def draft_fields() -> str:
    """Return what a program can say about a mail, and about a file."""
    _, parts = msgspec.json.schema_components([DraftDocument])
    return "\n\n".join(
        _table(
            ("key" if name == DraftDocument.__name__ else "of a file", "kind", "what"),
            (
                (f"`{key}`", _kind(said), str(said.get("description", "")))
                for key, said in parts[name]["properties"].items()
            ),
        )
        for name in (DraftDocument.__name__, AttachmentDocument.__name__)
    )


def tree() -> str:
    """Return every module and what it is for, in the words of its docstring."""
    return "```\ntuimail/\n" + "\n".join(_folder(PACKAGE, 1)) + "\n```"


PRINTERS: Final[Mapping[str, Callable[[], str]]] = {
    "draft-steps": draft_steps,
    "submission-steps": submission_steps,
    "draft-fields": draft_fields,
    "error-codes": error_codes,
    "secrets": secrets,
    "keys": keys,
    "tree": tree,
    "variables": variables,
}


def every_error() -> list[type[errors.TuimailError]]:
    """Return every class of ``errors``, in the order of the file."""
    return [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.TuimailError)
    ]


def printed_parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of every printed part of a document."""
    for part in _PART.finditer(text):
        yield part["name"], part["text"]


def reprinted(text: str) -> str:
    """Return a document with every printed part as it should be."""
    return _PART.sub(
        lambda part: f"{part['name']} -->\n\n{PRINTERS[part['name']]()}\n\n", text
    )


def _steps(steps: Mapping[State, Mapping[Event, State]], events: type[Event]) -> str:
    words = (event.value.replace("_", " ") for event in events)
    return _table(
        ("state", *words),
        (
            (state.value, *(row[one].value if one in row else "" for one in events))
            for state, row in steps.items()
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _kind(said: Mapping[str, Any]) -> str:
    """Return of which kind a value is, in a word or a few."""
    if "anyOf" in said:
        kinds = [_kind(one) for one in said["anyOf"]]
        return next(kind for kind in kinds if kind != "null")
    if "$ref" in said:
        return "object"
    kind = str(said.get("format") or said.get("contentEncoding") or said["type"])
    if "items" in said:
        return f"list of {_kind(said['items'])}"
    return {"string": "text", "date-time": "time (RFC 3339)"}.get(kind, kind)


def _example(text: str) -> str:
    return text if not text or text.startswith("`") else f"`{text}`"


def _shown(key: Key) -> str:
    return " ".join(f"`{keymap.shown(one)}`" for one in key.keys.split(","))


def _folder(folder: Path, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py" and path.name != "__init__.py":
            yield f"{indent}{path.name:<{24 - len(indent)}}{_purpose(path)}".rstrip()
    for path in sorted(folder.iterdir()):
        if (path / "__init__.py").is_file():
            purpose = _purpose(path / "__init__.py")
            yield f"{indent}{path.name + '/':<{24 - len(indent)}}{purpose}".rstrip()
            yield from _folder(path, depth + 1)


def _purpose(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ").rstrip(".")


def main() -> None:
    """Write what is printed into the docs."""
    for path in DOCS.rglob("*.md"):
        path.write_text(reprinted(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
