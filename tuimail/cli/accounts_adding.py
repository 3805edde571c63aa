"""The verb that adds a way out: everything that can be said of one, by flags.

The one rule kept here: no password is typed where others see it. Anybody on this
machine can list processes with their arguments, and shells keep them for years.
"""

import getpass
import re
from argparse import ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.accounts import REFERENCE, print_account, refuse_secret
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.core.patterns import regex
from tuimail.errors import UsageError

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

KEYRING: Final = "keyring:"
OAUTH: Final = "oauth:"
LONGEST_NUMBER: Final = 18
"""Digits that TOML can keep."""
LONGEST_SIGNATURE: Final = 64 * 1024
"""Bytes of a file that is read for one; it is checked more closely then."""
Option = str | int
_NUMBER: Final = regex(r"[1-9][0-9]{0,4}")
_PROVIDERS: Final = (
    ("host", "the server"),
    ("port", "its port"),
    ("tls", "implicit, starttls or none"),
    ("username", "who logs in"),
)
_LIMITS: Final = (
    ("per_minute", "copies that may leave in a minute: one for each recipient"),
    ("per_hour", "in an hour"),
    ("per_day", "in a day"),
    ("destination_per_hour", "to any one domain in an hour"),
    ("connections", "attempts at the same time"),
    ("messages_per_connection", "then a new connection takes its place"),
    ("recipients_per_message", "whom one attempt is for, at most"),
    ("warm_up_per_day", "on the first day of an account that nobody knows yet"),
    ("warm_up_growth_percent", "so much more on each day after that"),
    ("max_message_bytes", "what the provider takes, as sent"),
)
_OAUTH: Final = (
    ("token_url", "URL", "who hands out access tokens"),
    ("client_id", "ID", "which program asks"),
    ("scope", "WORDS", "what tokens are for"),
    ("tenant", "NAME", "which organisation, where the URL has {tenant}"),
    ("client_secret", "WHERE", "where that program's own secret is"),
    ("refresh_token", "WHERE", "where the refresh token is: keyring: or file:PATH"),
)
SECRET_WORDS: Final = regex(
    r"(?:pass(?:word|wd|phrase)?|pwd|token|secret|api[_-]?key)\s*[=:]\s*[^\s=:]"
    r"|\b(?:echo|printf)\s"
    r"|//[^/\s:@]*:[^/\s@]+@",
    re.IGNORECASE,
)
"""What a command or an address looks like that has a password in it."""


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="what the account is called; without one, on a terminal, you are asked",
    )
    parser.add_argument(
        "--provider", default="smtp", metavar="WORD", help="smtp if left out"
    )
    _add_identities(parser)
    for key, what in _PROVIDERS:
        parser.add_argument(_flag(key), metavar="VALUE", help=what)
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any other setting of the provider; no passwords",
    )
    _add_password(parser)
    _add_sending(parser)
    parser.add_argument(
        "--default", action="store_true", help="mail that names no account uses it"
    )


def _add_identities(parser: Parser) -> None:
    parser.add_argument("--address", metavar="ADDRESS", help="whom its mail is from")
    parser.add_argument(
        "--from-name", default="", metavar="NAME", help="the name shown with it"
    )
    parser.add_argument(
        "--reply-to",
        default="",
        metavar="ADDRESS",
        help="where answers go, if not to the address",
    )
    parser.add_argument(
        "--signature-file", metavar="PATH", help="what stands under its mail"
    )
    parser.add_argument(
        "--identity",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="whom it may send as, too: 'Name <address>'; to be repeated",
    )


def _add_password(parser: Parser) -> None:
    parser.add_argument(
        "--password",
        type=_reference,
        metavar="WHERE",
        help="where it is, never what it is: keyring:, env:NAME, "
        "'command:pass show mail', file:PATH, prompt: or oauth:",
    )
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="put the first line of stdin into the keyring",
    )
    for key, metavar, what in _OAUTH:
        parser.add_argument(
            _flag(f"oauth_{key}"),
            type=_reference if metavar == "WHERE" else _word,
            metavar=metavar,
            help=what,
        )


def _add_sending(parser: Parser) -> None:
    parser.add_argument(
        "--on-unknown",
        default="ask",
        choices=("ask", "resend"),
        help="what becomes of mail that may have been taken",
    )
    parser.add_argument(
        "--noninteractive-send",
        default="allow",
        choices=("allow", "review", "block"),
        help="what becomes of mail that is not sent from a terminal",
    )
    for key, what in _LIMITS:
        parser.add_argument(_flag(key), type=_number, metavar="N", help=what)


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise ArgumentTypeError(f"takes a whole number, not {text[:40]!r}")
    return int(text)


def _word(text: str) -> str:
    if not text:
        raise ArgumentTypeError("takes a value that is not empty")
    return text


def _reference(text: str) -> str:
    """Return where a password is; what is refused may be one, and stays unsaid."""
    if not REFERENCE.fullmatch(text):
        raise ArgumentTypeError(
            "takes keyring:, env:NAME, command:…, file:PATH, prompt: or oauth:, never "
            "the password"
        )
    return text


def _add(call: Call) -> int:
    if call.options.name is None:
        return _ask_for_everything(call)
    if call.options.address is None:
        raise _missing("--address")
    secret = _secret_reference(call)
    said = _limits(call)
    options = _provider_options(call)
    _warn_of_secrets(call, secret, options)
    with call.open() as workspace:
        account = workspace.accounts.add(
            name=call.options.name,
            provider=call.options.provider,
            address=call.options.address,
            sender_name=call.options.from_name,
            reply_to=call.options.reply_to,
            signature=_signature(call),
            identities=[{"address": one} for one in call.options.identity],
            options=options,
            secret=secret,
            oauth=_oauth(call),
            max_message_bytes=said.pop("max_message_bytes", None),
            limits=said,
            on_unknown=call.options.on_unknown,
            noninteractive_send=call.options.noninteractive_send,
            secret_value=_password(call, workspace, secret),
            make_default=call.options.default,
        )
    print_account(call, account)
    return exits.DONE


def _ask_for_everything(call: Call) -> int:
    """Set an account up step by step, where somebody is there to be asked."""
    if not call.console.is_terminal:
        raise _missing("NAME")
    from tuimail.cli.setting_up import run  # noqa: PLC0415 - for one case only

    return run(call)


def _missing(what: str) -> UsageError:
    return UsageError(
        f"The following arguments are required: {what}.",
        hint="See what it takes: tuimail accounts add --help",
        field=what.lstrip("-").lower(),
    )


def _secret_reference(call: Call) -> str:
    """Return where the password is; tokens where there is only a token service."""
    options = call.options
    usual = OAUTH if _oauth(call) else ""
    found: str = options.password or (KEYRING if options.password_stdin else usual)
    if options.password_stdin and found != KEYRING:
        raise UsageError(
            "--password-stdin is for a password in the keyring.",
            hint="Leave --password out, or write --password keyring:",
            field="password-stdin",
        )
    return found


def _oauth(call: Call) -> Mapping[str, str] | None:
    found = {
        key: value
        for key, _, _ in _OAUTH
        if (value := getattr(call.options, f"oauth_{key}")) is not None
    }
    return found or None


def _limits(call: Call) -> dict[str, int]:
    found = {key: getattr(call.options, key) for key, _ in _LIMITS}
    return {key: value for key, value in found.items() if value is not None}


def _signature(call: Call) -> str:
    if call.options.signature_file is None:
        return ""
    from tuimail.settings.files import expanded  # noqa: PLC0415 - rare
    from tuimail.settings.texts import read_text  # noqa: PLC0415 - rare

    path: str = call.options.signature_file
    return read_text(
        expanded(call.cwd / Path(path)),
        name=f"The file {path}",
        field="signature-file",
        limit_bytes=LONGEST_SIGNATURE,
    )


def _password(call: Call, workspace: "Workspace", secret: str) -> str | None:
    """Return what to put into the keyring; None leaves the keyring as it is."""
    if call.options.password_stdin:
        return call.console.read_line()
    if secret == KEYRING and call.console.is_terminal:
        workspace.accounts.require_keyring()
        return getpass.getpass("Password (goes into the keyring): ") or None
    return None


def _provider_options(call: Call) -> dict[str, Option]:
    """Return them as they were typed: only the provider knows what is a number.

    A user may be called 0012, or on. Of a port we know it, too.
    """
    named = {key: getattr(call.options, key) for key, _ in _PROVIDERS}
    found: dict[str, Option] = {
        key: int(text) if key == "port" and _NUMBER.fullmatch(text) else text
        for key, text in named.items()
        if text is not None
    }
    return found | dict(_pair(text) for text in call.options.option)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(
            "An option is given as KEY=VALUE.",
            hint="Write, for example, --option timeout=30",
            field="option",
        )
    refuse_secret(
        key,
        value,
        hint="Say where it is: --password env:NAME; or give it by --password-stdin",
    )
    return key, value


def _warn_of_secrets(call: Call, secret: str, options: Mapping[str, Option]) -> None:
    """Say so where a password seems to stand in a command or a setting."""
    seen = {"--password": secret} if secret.startswith("command:") else {}
    seen |= {f"--option {key}": str(value) for key, value in options.items()}
    for flag, text in seen.items():
        if SECRET_WORDS.search(text):
            call.console.say(
                f"Warning: {flag} seems to have a password in it, which others on "
                "this machine can read, and your shell may keep."
            )


COMMANDS: Final[Mapping[str, Command]] = {
    "accounts add": Command(
        arguments=_arguments,
        run=_add,
        examples=(
            "tuimail accounts add",
            (
                "tuimail accounts add work --address ana@example.org "
                "--host smtp.example.org --password 'command:pass show mail'"
            ),
        ),
    ),
}
