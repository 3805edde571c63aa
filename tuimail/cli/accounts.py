"""Verbs about the ways out: list, show, test, hold, resume, remove."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.documents import account_document
from tuimail.cli.parser import Command, Parser, nothing
from tuimail.cli.table import local, print_table
from tuimail.errors import UsageError
from tuimail.workspace.views import AccountView

HEADS: Final = ("name", "provider", "address", "state")


def _list(call: Call) -> int:
    with call.open() as workspace:
        accounts = workspace.accounts.views()
    if call.console.is_json:
        call.console.document({"accounts": [account_document(one) for one in accounts]})
        return exits.DONE
    print_table(call.console, HEADS, [cells(one) for one in accounts])
    if not accounts:
        call.console.say("No account yet. Add one: tuimail accounts add --help")
    for one in accounts:
        if one.problem:
            call.console.say(f"Nothing leaves through {one.name}: {one.problem}")
    return exits.DONE


def cells(account: AccountView) -> tuple[str, ...]:
    """Return one account as a row of a table."""
    state = "default" if account.is_default else ""
    words = [word for word in (state, _trouble(account)) if word]
    return account.name, account.provider, account.address, ": ".join(words)


def _trouble(account: AccountView) -> str:
    """Return why nothing leaves through it now, and until when."""
    if account.problem:
        return account.problem
    if account.held_until is not None:
        return f"held until {local(account.held_until)}: {account.held_reason}"
    if account.held_reason:
        reason = account.held_reason.rstrip(".")
        return f"held: {reason}; tuimail accounts resume {account.name}"
    if account.rests_until is not None:
        return f"rests until {local(account.rests_until)}: {account.rest_reason}"
    return ""


def _show_arguments(parser: Parser) -> None:
    _maybe_name(parser)
    parser.add_argument(
        "--origin",
        action="store_true",
        help="every setting, and the line or variable that it comes from",
    )


def _show(call: Call) -> int:
    with call.open() as workspace:
        account = workspace.accounts.view(call.options.name or "")
        wants_origin: bool = call.options.origin
        found = workspace.accounts.origins(account.name) if wants_origin else ()
    if call.console.is_json:
        origins = [{"key": one.key, "value": one.value, "source": one.source}
                   for one in found]  # fmt: skip
        more = {"origins": origins} if wants_origin else {}
        call.console.document(account_document(account) | more)
    elif wants_origin:
        rows = [(one.key, one.value, one.source) for one in found]
        print_table(call.console, ("key", "value", "source"), rows)
    else:
        call.console.data(*_lines(account))
    return exits.DONE


def _lines(account: AccountView) -> list[str]:
    shown = zip(HEADS, cells(account), strict=True)
    return [
        *(f"{head}: {cell}".strip() for head, cell in shown),
        *(f"identity: {one}" for one in account.identities),
        f"on_unknown: {account.on_unknown}",
        f"connections: {account.connections}",
        *(f"{one.name}: {one.used} of {one.limit} used" for one in account.limits),
    ]


def _test(call: Call) -> int:
    with call.open() as workspace:
        account = workspace.config.account(call.options.name or "")
        check = workspace.accounts.test(account.name)
    document = {
        "account": account.name,
        "ok": check.ok,
        "provider": account.provider,
        "endpoint": check.endpoint,
        "latency_ms": check.latency_ms,
        "capabilities": list(check.capabilities),
        "limits": dict(check.limits),
        "fault": check.fault.value if check.fault else None,
        "error": check.error or None,
        "hint": check.hint,
    }
    if call.console.is_json:
        call.console.document(document)
    else:
        lines = (f"{key}: {_word(value)}" for key, value in document.items())
        call.console.data(*(line for line in lines if not line.endswith(": ")))
    if check.ok:
        return exits.DONE
    return exits.SETTINGS if check.fault else exits.REFUSED


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return "" if value is None else str(value)


def _hold(call: Call) -> int:
    with call.open() as workspace:
        print_account(call, workspace.accounts.hold(call.options.name))
    return exits.DONE


def _resume(call: Call) -> int:
    with call.open() as workspace:
        print_account(call, workspace.accounts.resume(call.options.name))
    return exits.DONE


def _remove_arguments(parser: Parser) -> None:
    _add_name(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _remove(call: Call) -> int:
    with call.open() as workspace:
        name = workspace.config.account(call.options.name).name
        waiting = workspace.accounts.waiting(name)
        if not (call.options.yes or _is_meant(call, name, waiting)):
            call.console.say("Nothing was removed.")
            return exits.REFUSED
        removed = workspace.accounts.remove(name)
    if call.console.is_json:
        call.console.document(
            {
                "name": name,
                "waiting": removed.waiting,
                "problem": removed.problem or None,
            }
        )
    else:
        call.console.data(f"removed: {name}", f"waiting: {removed.waiting}")
    if removed.problem:
        call.console.say(f"Its password may still be in the keyring: {removed.problem}")
    if removed.waiting:
        call.console.say("Have its mail leave by another way: tuimail reroute ID")
    return exits.DONE


def _is_meant(call: Call, name: str, waiting: int) -> bool:
    """Return whether a person says so; nobody else removes what others count on."""
    if not call.console.is_terminal:
        raise UsageError(
            f"Nobody is there to be asked whether “{name}” is to go.",
            hint="Say so: --yes",
            field="yes",
        )
    mails = f" Mail that waits for it will be held: {waiting}." if waiting else ""
    answer = call.console.ask(f"Remove the account {name}?{mails} [y/N]")
    return answer.lower() in {"y", "yes"}


def print_account(call: Call, account: AccountView) -> None:
    """Print what came of it: one row, or one JSON document."""
    if call.console.is_json:
        call.console.document(account_document(account))
    else:
        print_table(call.console, HEADS, [cells(account)])


def _add_name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the account is called")


def _maybe_name(parser: Parser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="the default account if left out"
    )


COMMANDS: Final[Mapping[str, Command]] = {
    "accounts list": Command(arguments=nothing, run=_list),
    "accounts show": Command(arguments=_show_arguments, run=_show),
    "accounts test": Command(arguments=_maybe_name, run=_test),
    "accounts hold": Command(arguments=_add_name, run=_hold),
    "accounts resume": Command(arguments=_add_name, run=_resume),
    "accounts remove": Command(arguments=_remove_arguments, run=_remove),
}
