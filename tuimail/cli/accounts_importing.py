"""The verb that adds what other programs on this machine are set up with."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.accounts_adding import SECRET_WORDS
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import print_table
from tuimail.errors import TuimailError, UsageError

if TYPE_CHECKING:
    from tuimail.workspace.taking_over import Importable

_HEADS: Final = ("name", "provider", "address", "password", "from", "state")


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="only what is called so; all that was found if left out",
    )
    parser.add_argument(
        "--address",
        default="",
        metavar="ADDRESS",
        help="whom mail is from, where a program does not say so",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only show what was found"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _import(call: Call) -> int:
    with call.open() as workspace:
        found = _chosen(call, workspace.accounts.importable(call.options.address))
        states = {id(one): one.problem for one in found}
        ready = [one for one in found if not one.problem]
        is_meant = bool(ready) and not call.options.dry_run and _is_meant(call, found)
        for one in ready if is_meant else ():
            try:
                workspace.accounts.take_over(one)
            except TuimailError as error:
                states[id(one)] = f"{error} {error.hint}".rstrip()
            else:
                states[id(one)] = "added"
    shown = [(one, states[id(one)]) for one in found]
    _print(call, shown)
    _warn(call, found)
    _say_what_stays_away(call, shown)
    return _code(call, shown, is_meant=is_meant)


def _chosen(call: Call, found: Sequence["Importable"]) -> list["Importable"]:
    names = {one.candidate.name for one in found}
    for name in call.options.names:
        if name not in names:
            raise UsageError(
                f"Nothing was found that is called “{name[:64]}”.",
                hint="See what was: tuimail accounts import-env --dry-run",
                field="name",
            )
    wanted = call.options.names or names
    return [one for one in found if one.candidate.name in wanted]


def _is_meant(call: Call, found: Sequence["Importable"]) -> bool:
    """Return whether a person wants them; nobody else chooses credentials."""
    if call.options.yes:
        return True
    if not call.console.is_terminal:
        raise UsageError(
            "Nobody is there to be asked whether these accounts are to be added.",
            hint="Say so with --yes, or look first: --dry-run",
            field="yes",
        )
    _tell(call, [(one, one.problem) for one in found])
    number = sum(not one.problem for one in found)
    answer = call.console.ask(f"Add {number} of them? [y/N]")
    return answer.lower() in {"y", "yes"}


def _print(call: Call, shown: Sequence[tuple["Importable", str]]) -> None:
    if call.console.is_json:
        call.console.document({"found": [_document(*one) for one in shown]})
        return
    rows = [(*_cells(one), state) for one, state in shown]
    print_table(call.console, _HEADS, rows)
    if not shown:
        call.console.say("No other program here is set up for sending mail.")
    for one, _ in shown:
        for note in one.candidate.notes:
            call.console.say(f"{one.candidate.name}: {note}")


def _tell(call: Call, shown: Sequence[tuple["Importable", str]]) -> None:
    """Show what was found to who is asked about it."""
    for one, state in shown:
        call.console.insist("  ".join(filter(None, (*_cells(one), state))))


def _cells(one: "Importable") -> tuple[str, ...]:
    found = one.candidate
    return found.name, found.provider, found.address, one.secret, found.source


def _document(one: "Importable", state: str) -> dict[str, object]:
    found = one.candidate
    return {
        "name": found.name,
        "provider": found.provider,
        "address": found.address,
        "options": dict(found.options),
        "password": one.secret,
        "source": found.source,
        "notes": list(found.notes),
        "added": state == "added",
        "problem": None if state in {"", "added"} else state,
    }


def _warn(call: Call, found: Sequence["Importable"]) -> None:
    """Say so where another program's command has a password in it."""
    for one in found:
        if SECRET_WORDS.search(one.secret):
            call.console.say(
                f"Warning: the command for the password of {one.candidate.name} seems "
                "to have a password in it; accounts.toml would, too."
            )


def _say_what_stays_away(call: Call, shown: Sequence[tuple["Importable", str]]) -> None:
    for one, state in shown if call.options.names else ():
        if one.problem and not call.options.dry_run:
            call.console.say(f"{one.candidate.name} was not added: {state}")


def _code(
    call: Call, shown: Sequence[tuple["Importable", str]], *, is_meant: bool
) -> int:
    """Return 4 where something could not be added, 1 where what was named may not."""
    failed = [one for one, state in shown if state not in {"added", one.problem}]
    if is_meant and failed:
        return exits.SETTINGS
    is_missing = any(one.problem for one, _ in shown) and call.options.names
    return exits.REFUSED if is_missing and not call.options.dry_run else exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "accounts import-env": Command(
        arguments=_arguments,
        run=_import,
        examples=("tuimail accounts import-env --dry-run",),
    ),
}
