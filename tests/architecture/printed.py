"""Prints the parts of the docs that are facts about the code.

``python -m tests.architecture.printed`` writes them into the docs; a test
compares. A printed part stands between ``<!-- printed: NAME -->`` and
``<!-- end -->``.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from tests.architecture import configuration
from tuimail import errors
from tuimail.cli import manual
from tuimail.cli.manual import EXITS
from tuimail.cli.schemas.others import ERROR
from tuimail.cli.schemas.shape import Field, Shape
from tuimail.cli.schemas.verbs import ANSWERS
from tuimail.core import lifecycle
from tuimail.core.checks.secret_rules import RULES
from tuimail.intake.fields import DraftDocument
from tuimail.providers.registry import names
from tuimail.settings.variables import VARIABLES, provider_prefix
from tuimail.tui import keymap, themes
from tuimail.tui.keys import strokes
from tuimail.tui.keys.key import Key, Scope
from tuimail.workspace.strict import AttachmentDocument

PACKAGE: Final = Path(errors.__file__).parent
DOCS: Final = PACKAGE / "docs"
MAN: Final = DOCS / "tuimail.1"
"""The man page, which the wheel puts where ``man`` looks for it."""
PRESETS: Final = PACKAGE / "settings" / "discovery" / "presets.toml"
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


def exit_codes() -> str:
    """Return the table of what commands end with."""
    rows = ((f"`{code}`", said.rstrip(".")) for code, said in EXITS.items())
    return _table(("code", "meaning"), rows)


def answers() -> str:
    """Return which documents each verb answers with."""
    return _table(
        ("verb", "answers with"),
        (
            (f"`{verb}`", ", ".join(f"[{one.name}](#{one.name})" for one in shapes))
            for verb, shapes in ANSWERS.items()
        ),
    )


def documents() -> str:
    """Return every document of the command line, field by field."""
    every = {
        part.name: part
        for shapes in (*ANSWERS.values(), (ERROR,))
        for shape in shapes
        for part in shape.parts()
    }
    return "\n\n".join(
        f"### {name}\n\n{every[name].meaning}\n\n{_fields(every[name])}"
        for name in sorted(every)
    )


def _fields(shape: Shape) -> str:
    return _table(
        ("key", "kind", "what"),
        (
            (f"`{key}`" + (" (not always)" if field.may_lack else ""),
             _linked(field), _told(field))
            for key, field in shape.fields.items()
        ),
    )  # fmt: skip


def _linked(field: Field) -> str:
    if field.shape is None:
        return field.words
    return field.words.replace(field.kind, f"[{field.kind}](#{field.kind})", 1)


def _told(field: Field) -> str:
    return field.what or ", ".join(f"`{one}`" for one in field.choices)


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


def themes_() -> str:
    """Return every theme and what it is for, in the words of its file."""
    place = themes.folder()
    return _table(
        ("theme", "what it is"),
        (
            (f"`{name}`", _remark(place / f"{name}.toml"))
            for name in themes.names(place)
        ),
    )


def variables() -> str:
    """Return every variable that is read, those of each provider among them."""
    named = [(f"`{one.name}`", one.meaning, _example(one.example)) for one in VARIABLES]
    providers = [
        (f"`{provider_prefix(one)}…`", f"settings of `{one}`", "")
        for one in sorted(names())
    ]
    return _table(("variable", "what it says", "for example"), [*named, *providers])


def config_keys() -> str:
    """Return every key of ``config.toml``."""
    return _table(configuration.HEAD, configuration.config_rows())


def account_keys() -> str:
    """Return every key of an account."""
    return _table(configuration.HEAD, configuration.account_rows())


def provider_keys() -> str:
    """Return every provider's own keys."""
    return _table(("provider", "its keys", "variables"), configuration.provider_rows())


def policy_keys() -> str:
    """Return every key of ``policy.toml``, which has no variables."""
    rows = configuration.policy_rows((DOCS / "policy.md").read_text("utf-8"))
    key, kind, default, _, meaning = configuration.HEAD
    return _table((key, kind, default, meaning), ((*row[:3], row[4]) for row in rows))


def services() -> str:
    """Return every service that an address is enough for, and what it wants."""
    presets = tomllib.loads(PRESETS.read_text("utf-8"))
    return _table(
        ("service", "leads through", "server", "what it wants"),
        (
            (_service(one), *_way(one), one.get("advice", ""))
            for one in sorted(presets.values(), key=lambda one: one["title"].lower())
        ),
    )


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


def message_fields() -> str:
    """Return what a program can say about a mail in Python."""
    source = ast.parse((PACKAGE / "api" / "message.py").read_text("utf-8"))
    (message,) = (
        one
        for one in source.body
        if isinstance(one, ast.ClassDef) and one.name == "Message"
    )
    return _table(("field", "kind", "what"), _annotated(message.body))


def _annotated(body: list[ast.stmt]) -> Iterator[tuple[str, str, str]]:
    for one, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(one, ast.AnnAssign):
            kind = ast.unparse(one.annotation).strip("'").replace("|", "or")
            yield f"`{ast.unparse(one.target)}`", f"`{kind}`", _said_below(after)


def _said_below(statement: ast.stmt | None) -> str:
    """Return the text that stands there by itself, or nothing."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split()).replace("``", "`")
    return ""


def tree() -> str:
    """Return every module and what it is for, in the words of its docstring."""
    return "```\ntuimail/\n" + "\n".join(_folder(PACKAGE, 1)) + "\n```"


PRINTERS: Final[Mapping[str, Callable[[], str]]] = {
    "answers": answers,
    "documents": documents,
    "exit-codes": exit_codes,
    "draft-steps": draft_steps,
    "submission-steps": submission_steps,
    "draft-fields": draft_fields,
    "error-codes": error_codes,
    "message-fields": message_fields,
    "secrets": secrets,
    "keys": keys,
    "themes": themes_,
    "tree": tree,
    "config-keys": config_keys,
    "account-keys": account_keys,
    "policy-keys": policy_keys,
    "provider-keys": provider_keys,
    "services": services,
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


def _service(preset: Mapping[str, Any]) -> str:
    """Return a service's name, which leads to its own page where it has one."""
    title, url = preset["title"], preset.get("help_url")
    return f"[{title}]({url})" if url else title


def _way(preset: Mapping[str, Any]) -> tuple[str, str]:
    """Return a service's provider and server; neither where no program may send."""
    if host := preset.get("host"):
        return "`smtp`", f"`{host}:{preset.get('port', 465)}`"
    return (f"`{preset['provider']}`" if "provider" in preset else "none"), ""


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


def _remark(path: Path) -> str:
    """Return the first line of a file, which says what it is for."""
    return path.read_text("utf-8").partition("\n")[0].removeprefix("# ")


def _shown(key: Key) -> str:
    return " ".join(f"`{strokes.shown(one)}`" for one in strokes.alternatives(key.keys))


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
    MAN.write_text(manual.page(), "utf-8")


if __name__ == "__main__":
    main()
