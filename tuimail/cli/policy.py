"""Verbs about the owner's policy: what is in force, what it says, what is odd."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.agents import actor_of
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser, nothing
from tuimail.cli.table import local
from tuimail.core.draft import Draft
from tuimail.core.origin import AGENT_PREFIX, Origin
from tuimail.errors import UsageError
from tuimail.settings.files import expanded
from tuimail.settings.texts import decoded, read_bytes
from tuimail.workspace.documents import Document, iso

if TYPE_CHECKING:
    from tuimail.workspace.clients import Client
    from tuimail.workspace.policy_desk import Shown, Tested
    from tuimail.workspace.workspace import Workspace

DOCUMENT_LIMIT_BYTES: Final = 64 * 1024 * 1024
"""A mail as JSON, with its files as base64."""
SOMEBODY: Final = f"{AGENT_PREFIX}test"
"""Which program a file is tested as, where none is named."""
_DOOR: Final = "http"
"""A door where programs prove who they are."""
_ROOTS: Final = "roots"
"""An empty list of folders says something: nowhere."""
_JSON, _MESSAGE = ".json", ".eml"
_WIDTH: Final = len("review2")


def _show(call: Call) -> int:
    with call.open() as workspace:
        shown = workspace.policy.show()
    if call.console.is_json:
        call.console.document(_shown_document(shown))
        return exits.DONE
    call.console.data(*_head(shown), *_lines(shown))
    if shown.problem:
        call.console.say(shown.problem, f"  {shown.hint}")
    return exits.DONE


def _shown_document(shown: "Shown") -> Document:
    return {
        "path": str(shown.path),
        "is_there": shown.is_there,
        "digest": shown.digest,
        "since": iso(shown.since),
        "problem": shown.problem,
        "hint": shown.hint,
        **shown.tables,
        "rule": list(shown.rules),
    }


def _head(shown: "Shown") -> Iterator[str]:
    """Yield where the policy is from, as comments, so that the rest is TOML."""
    if not shown.is_there:
        yield f"# No policy: there is no {shown.path} that could be read."
    elif shown.problem:
        yield "# As it was last readable, without releases by rule."
    else:
        yield f"# {shown.path}"
    if shown.digest:
        since = local(shown.since) if shown.since else "now"
        yield f"# SHA-256 {shown.digest}, since {since}"
    yield "version = 1"


def _lines(shown: "Shown") -> Iterator[str]:
    for name, table in shown.tables.items():
        yield from ("", f"[{name}]", *_keys(table))
    for rule in shown.rules:
        yield from ("", "[[rule]]", *_keys(rule))


def _keys(table: Mapping[str, object]) -> Iterator[str]:
    for key, value in table.items():
        if value is None or (value == [] and key != _ROOTS):
            yield f"# {key} is not set"
        elif key == "expires":
            yield f"{key} = {value}"
        else:
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _test_arguments(parser: Parser) -> None:
    parser.add_argument(
        "mail",
        metavar="ID|FILE",
        help="a mail by its id, or a file: .json as programs hand it in, or .eml",
    )
    parser.add_argument(
        "--client",
        "--actor",
        dest="actor",
        metavar="NAME",
        help="the program that a file is from, with what it is bound to; any without "
        "a rule of its own if left out",
    )


def _test(call: Call) -> int:
    with call.open() as workspace:
        tested = _tested(call, workspace)
    if call.console.is_json:
        call.console.document(_tested_document(tested))
        return exits.DONE
    call.console.data(_sentence(tested))
    for one in tested.looked_at:
        call.console.data(f"{one.action or '-':<{_WIDTH}}  {one.rule}: {one.text}")
    if tested.ruling.problem:
        call.console.say(tested.ruling.problem)
    return exits.DONE


def _tested(call: Call, workspace: "Workspace") -> "Tested":
    text = call.options.mail
    kind = Path(text).suffix.lower()
    if kind not in {_JSON, _MESSAGE}:
        _require_id(text, call.options.actor)
        return workspace.policy.test(workspace.drafts.resolve(text))
    actor = actor_of(call.options.actor) or SOMEBODY
    client = _client(workspace, actor)
    with workspace.acting_as(actor, door=_DOOR):
        draft, revises = _draft(call, workspace, client, kind)
        origin = Origin(actor=actor, door=_DOOR, revises=revises)
        return workspace.policy.test_new(draft, origin)


def _require_id(text: str, actor: str | None) -> None:
    if "/" in text or "." in text:
        raise UsageError(
            f"{text[:60]!r} is neither an id nor a file whose kind is known.",
            hint="Give a mail's id, or a file that ends in .json or .eml.",
            field="mail",
        )
    if actor is not None:
        raise UsageError(
            "A mail that is stored is from whom it is from.",
            hint="Leave --actor out, or give a file.",
            field="actor",
        )


def _draft(
    call: Call, workspace: "Workspace", client: "Client | None", kind: str
) -> tuple[Draft, str]:
    """Return the mail in a file, as its program would hand it in, and what it revises.

    A program that was let in has what it is bound to: its account, its From.
    """
    from tuimail.intake.fields import (  # noqa: PLC0415 - loads the gate
        document_fields,
        document_handing,
    )
    from tuimail.intake.gate import Gate, Handing  # noqa: PLC0415 - as above

    text = call.options.mail
    content = read_bytes(
        call.cwd / expanded(Path(text)),
        name=text,
        field="mail",
        limit_bytes=DOCUMENT_LIMIT_BYTES,
    )
    gate = Gate(workspace)
    if kind == _MESSAGE:
        if client is None:
            return workspace.drafts.import_message(content), ""
        return gate.read_message(client, content, Handing(door=_DOOR)), ""
    document = _document(content, name=text)
    fields = document_fields(document, roots=gate.roots)
    handing = document_handing(document, door=_DOOR)
    if client is None:
        return workspace.drafts.compose(fields), handing.revises
    return gate.composed(client, fields, handing), handing.revises


def _client(workspace: "Workspace", actor: str) -> "Client | None":
    """Return the program of that name, if it was let in."""
    known = (one for one in workspace.clients.list() if one.revoked_at is None)
    return next((one for one in known if one.actor == actor), None)


def _document(content: bytes, *, name: str) -> Mapping[str, object]:
    text = decoded(content, name=name, field="mail", limit_bytes=DOCUMENT_LIMIT_BYTES)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{name} is not JSON: {error}.",
            hint="Write it as for POST /v1/drafts.",
            field="mail",
        ) from error
    if not isinstance(found, dict):
        raise UsageError(
            f"{name} is JSON, and no object.",
            hint='Write {"to": ["…"], "subject": "…", "text": "…"}.',
            field="mail",
        )
    return found


def _tested_document(tested: "Tested") -> Document:
    ruling = tested.ruling
    return {
        "action": ruling.action,
        "rule": ruling.rule,
        "sample_review": tested.sample_share,
        "is_stored": tested.is_stored,
        "blocked": ruling.blocked,
        "quorum": ruling.quorum,
        "policy_digest": ruling.policy_digest,
        "problem": ruling.problem,
        "reasons": [{"rule": one.rule, "text": one.text} for one in ruling.reasons],
        "steps": [
            {"rule": one.rule, "action": one.action, "text": one.text}
            for one in tested.looked_at
        ],
        "findings": [
            {"code": one.code, "severity": one.severity.value, "field": one.field}
            for one in ruling.findings
        ],
    }


def _sentence(tested: "Tested") -> str:
    ruling = tested.ruling
    if ruling.blocked:
        return f"block: {ruling.blocked}"
    if ruling.action == "auto":
        return _let_leave(tested)
    people = "somebody" if ruling.quorum == 1 else f"{ruling.quorum} people"
    overruled = " and overrule its findings" if ruling.action == "block" else ""
    return f"{ruling.action}: {people} would have to approve it{overruled}."


def _let_leave(tested: "Tested") -> str:
    """Return what it takes beside a rule for mail to leave unseen."""
    if not tested.sample_share:
        by = f", by the rule “{tested.ruling.rule}”" if tested.ruling.rule else ""
        return f"auto: it leaves with nobody else looking{by}."
    leaves = (
        f"auto: handed in with the program's token, it leaves by the rule "
        f"“{tested.ruling.rule}”; {tested.sample_share * 100:g}% of such mail is a "
        "sample that somebody looks at."
    )
    if not tested.is_stored:
        return leaves
    return f"{leaves} This one was handed in before; no rule is asked about it again."


def _lint(call: Call) -> int:
    with call.open() as workspace:
        remarks = workspace.policy.lint()
        path = workspace.policy.show().path
    if call.console.is_json:
        said = [{"where": r.where, "text": r.text, "hint": r.hint} for r in remarks]
        call.console.document({"path": str(path), "remarks": said})
    else:
        lines = [f"{r.where}: {r.text}  → {r.hint}" for r in remarks]
        call.console.data(*lines or [f"Nothing is odd in {path}."])
    return exits.REFUSED if remarks else exits.DONE


def _adopt(call: Call) -> int:
    with call.open() as workspace:
        shown = workspace.policy.adopt()
    if call.console.is_json:
        call.console.document(_shown_document(shown))
        return exits.DONE
    call.console.data(f"{shown.path} is the policy of this workspace.")
    if shown.problem:
        call.console.say(shown.problem, f"  {shown.hint}")
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "policy show": Command(
        arguments=nothing, run=_show, examples=("tuimail policy show",)
    ),
    "policy test": Command(
        arguments=_test_arguments,
        run=_test,
        examples=(
            "tuimail policy test k7xq2m",
            "tuimail policy test letter.json --client billing",
        ),
    ),
    "policy lint": Command(
        arguments=nothing, run=_lint, examples=("tuimail policy lint",)
    ),
    "policy adopt": Command(
        arguments=nothing, run=_adopt, examples=("tuimail policy adopt",)
    ),
}
