"""Verbs about the ways out: list, show, add, test, hold, resume."""

import getpass
import re
from argparse import ArgumentTypeError
from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.documents import account_document
from tuimail.cli.parser import Command, Parser, nothing
from tuimail.cli.table import local, print_table
from tuimail.errors import UsageError
from tuimail.workspace.views import AccountView

KEYRING: Final = "keyring:"
LONGEST_NUMBER: Final = 18
"""Digits that TOML can keep; what has more is text."""
Option = str | int | bool
_REFERENCE: Final = re.compile(r"keyring:|(?:env|command|file):.+", re.DOTALL)
_WORDS: Final = {"true": True, "yes": True, "on": True} | dict.fromkeys(
    ("false", "no", "off"), False
)
_HEADS: Final = ("name", "provider", "address", "state")


def _list(call: Call) -> int:
    with call.open() as workspace:
        accounts = workspace.accounts.views()
    if call.console.is_json:
        call.console.document({"accounts": [account_document(one) for one in accounts]})
        return exits.DONE
    print_table(call.console, _HEADS, [_cells(one) for one in accounts])
    if not accounts:
        call.console.say("No account yet. Add one: tuimail accounts add --help")
    for one in accounts:
        if one.problem:
            call.console.say(f"Nothing leaves through {one.name}: {one.problem}")
    return exits.DONE


def _cells(account: AccountView) -> tuple[str, ...]:
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


def _show(call: Call) -> int:
    with call.open() as workspace:
        account = workspace.accounts.view(call.options.name or "")
    if call.console.is_json:
        call.console.document(account_document(account))
        return exits.DONE
    shown = zip(_HEADS, _cells(account), strict=True)
    call.console.data(
        *(f"{head}: {cell}".strip() for head, cell in shown),
        f"on_unknown: {account.on_unknown}",
        f"connections: {account.connections}",
        *(f"{one.name}: {one.used} of {one.limit} used" for one in account.limits),
    )
    return exits.DONE


def _add_arguments(parser: Parser) -> None:
    _add_name(parser)
    parser.add_argument(
        "--provider", default="smtp", metavar="WORD", help="smtp if left out"
    )
    parser.add_argument(
        "--address", required=True, metavar="ADDRESS", help="whom its mail is from"
    )
    parser.add_argument(
        "--from-name", default="", metavar="NAME", help="the name shown with it"
    )
    for flag, what in (
        ("--host", "the server"),
        ("--port", "its port"),
        ("--tls", "implicit, starttls or none"),
        ("--username", "who logs in"),
    ):
        parser.add_argument(flag, metavar="VALUE", help=what)
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any other setting of the provider",
    )
    _add_password(parser)
    parser.add_argument(
        "--default", action="store_true", help="mail that names no account uses it"
    )


def _add_password(parser: Parser) -> None:
    parser.add_argument(
        "--password",
        type=_reference,
        metavar="WHERE",
        help="where it is, never what it is: keyring:, env:NAME, "
        "'command:pass show mail' or file:PATH",
    )
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="put the first line of stdin into the keyring",
    )


def _add(call: Call) -> int:
    options = call.options
    secret = options.password or (KEYRING if options.password_stdin else "")
    if options.password_stdin and secret != KEYRING:
        raise UsageError(
            "--password-stdin is for a password in the keyring.",
            hint="Leave --password out, or write --password keyring:",
            field="password-stdin",
        )
    with call.open() as workspace:
        account = workspace.accounts.add(
            name=options.name,
            provider=options.provider,
            address=options.address,
            sender_name=options.from_name,
            options=_provider_options(call),
            secret=secret,
            secret_value=_password(call, secret),
            make_default=options.default,
        )
    _print(call, account)
    return exits.DONE


def _password(call: Call, secret: str) -> str | None:
    """Return what to put into the keyring; None leaves the keyring as it is."""
    if call.options.password_stdin:
        return call.console.read_line()
    if secret == KEYRING and call.console.is_terminal:
        return getpass.getpass("Password (goes into the keyring): ") or None
    return None


def _provider_options(call: Call) -> dict[str, Option]:
    options = call.options
    named = {
        "host": options.host,
        "port": options.port,
        "tls": options.tls,
        "username": options.username,
    }
    found = {key: _value(text) for key, text in named.items() if text is not None}
    return found | dict(_pair(text) for text in options.option)


def _pair(text: str) -> tuple[str, Option]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(
            "An option is given as KEY=VALUE.",
            hint="Write, for example, --option timeout=30",
            field="option",
        )
    return key, _value(value)


def _value(text: str) -> Option:
    """Return a number or a truth where the text is one."""
    if text.isdecimal() and text.isascii() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return _WORDS.get(text.lower(), text)


def _reference(text: str) -> str:
    """Return where a password is; what is refused may be one, and stays unsaid."""
    if not _REFERENCE.fullmatch(text):
        raise ArgumentTypeError(
            "takes keyring:, env:NAME, command:… or file:PATH, never the password"
        )
    return text


def _test(call: Call) -> int:
    with call.open() as workspace:
        name = call.options.name or workspace.config.default_account
        check = workspace.accounts.test(name)
    document = {
        "account": name,
        "ok": check.ok,
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
        shown = ("account", "ok", "endpoint", "latency_ms", "error", "hint")
        call.console.data(*(f"{key}: {_word(document[key])}".strip() for key in shown))
    if check.ok:
        return exits.DONE
    return exits.SETTINGS if check.fault else exits.REFUSED


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _hold(call: Call) -> int:
    with call.open() as workspace:
        _print(call, workspace.accounts.hold(call.options.name))
    return exits.DONE


def _resume(call: Call) -> int:
    with call.open() as workspace:
        _print(call, workspace.accounts.resume(call.options.name))
    return exits.DONE


def _print(call: Call, account: AccountView) -> None:
    if call.console.is_json:
        call.console.document(account_document(account))
    else:
        print_table(call.console, _HEADS, [_cells(account)])


def _add_name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the account is called")


def _maybe_name(parser: Parser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="the default account if left out"
    )


COMMANDS: Final[Mapping[str, Command]] = {
    "accounts list": Command(arguments=nothing, run=_list),
    "accounts show": Command(arguments=_maybe_name, run=_show),
    "accounts add": Command(arguments=_add_arguments, run=_add),
    "accounts test": Command(arguments=_maybe_name, run=_test),
    "accounts hold": Command(arguments=_add_name, run=_hold),
    "accounts resume": Command(arguments=_add_name, run=_resume),
}
