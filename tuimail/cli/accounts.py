"""Verbs about the ways out: list, show, test, default, set, hold, resume, remove."""

import re
from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, paged, say_more
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import local, print_table
from tuimail.core.patterns import regex
from tuimail.errors import UsageError
from tuimail.workspace.documents import account_document
from tuimail.workspace.views import AccountView

HEADS: Final = ("name", "provider", "address", "state")
SECRET_KEY: Final = regex(
    r"(?:.*_)?(?:password|passwd|passphrase|pass|pwd|secret|token|api_?key|jwt|bearer"
    r"|secret_(?:access_)?key|private_key|credentials?)",
    re.IGNORECASE,
)
"""What a setting is called that is a password, whatever the provider."""
REFERENCE: Final = regex(r"keyring:|oauth:|prompt:|(?:env|command|file):.+", re.DOTALL)
"""What says where a password is."""


def _list_arguments(parser: Parser) -> None:
    add_paging(parser, metavar="NAME")


def _list(call: Call) -> int:
    with call.open() as workspace:
        accounts = workspace.accounts.views()
    page, cursor = paged(call, accounts, lambda one: one.name)
    if call.console.is_json:
        shown = [account_document(one) for one in page]
        call.console.document({"accounts": shown, "next": cursor})
        return exits.DONE
    print_table(call.console, HEADS, [cells(one) for one in page])
    if not accounts:
        call.console.say("No account yet. Add one: tuimail accounts add --help")
    for one in page:
        if one.problem:
            call.console.say(f"Nothing leaves through {one.name}: {one.problem}")
    say_more(call, cursor)
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
        f"taken today: {account.taken_today}",
        f"waiting: {account.waiting}",
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


def _default(call: Call) -> int:
    with call.open() as workspace:
        print_account(call, workspace.accounts.make_default(call.options.name))
    return exits.DONE


def _set_arguments(parser: Parser) -> None:
    _add_name(parser)
    parser.add_argument(
        "pairs",
        nargs="+",
        metavar="KEY=VALUE",
        help="a key as in accounts.toml, such as per_day=500; without a value, it is "
        "taken out",
    )


def _set(call: Call) -> int:
    changes = dict(_pair(text) for text in call.options.pairs)
    with call.open() as workspace:
        print_account(call, workspace.accounts.change(call.options.name, changes))
    return exits.DONE


def _pair(text: str) -> tuple[str, str]:
    """Return key and value; a password is refused, whatever its key is called."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(
            f"“{text[:40]}” is not KEY=VALUE.",
            hint="Write, for example: tuimail accounts set work per_day=500",
            field="set",
        )
    refuse_secret(
        key,
        value,
        hint="Say where it is: password=env:NAME; in the app, L asks for one.",
    )
    return key, value


def refuse_secret(key: str, value: str, *, hint: str) -> None:
    """Refuse a password where others on this machine could read it.

    What is refused may be one, and is not repeated.
    """
    if SECRET_KEY.fullmatch(key) and value and not REFERENCE.fullmatch(value):
        raise UsageError(
            f"{key[:40]} is a password: here, others on this machine could read it.",
            hint=hint,
            field="option",
        )


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
    "accounts list": Command(
        arguments=_list_arguments, run=_list, examples=("tuimail accounts list",)
    ),
    "accounts show": Command(
        arguments=_show_arguments,
        run=_show,
        examples=("tuimail accounts show work", "tuimail accounts show work --origin"),
    ),
    "accounts test": Command(
        arguments=_maybe_name, run=_test, examples=("tuimail accounts test work",)
    ),
    "accounts default": Command(
        arguments=_add_name, run=_default, examples=("tuimail accounts default work",)
    ),
    "accounts set": Command(
        arguments=_set_arguments,
        run=_set,
        examples=("tuimail accounts set work per_day=500 per_minute=20",),
    ),
    "accounts hold": Command(
        arguments=_add_name, run=_hold, examples=("tuimail accounts hold work",)
    ),
    "accounts resume": Command(
        arguments=_add_name, run=_resume, examples=("tuimail accounts resume work",)
    ),
    "accounts remove": Command(
        arguments=_remove_arguments,
        run=_remove,
        examples=("tuimail accounts remove work",),
    ),
}
