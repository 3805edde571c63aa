"""Verbs about signing in at a service instead of with a password."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, paged, say_more
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import print_table
from tuimail.errors import UsageError
from tuimail.settings.oauth import OAuth
from tuimail.workspace.describing import AccountWords
from tuimail.workspace.signing_in import SignIn, Way
from tuimail.workspace.workspace import Workspace

PATIENCE: Final = timedelta(minutes=10)
"""For a person who signs in."""
_HEADS: Final = ("account", "service", "signed in", "scope")
_FOR_NEW: Final = (
    "address", "from_name", "provider", "client_id", "client_secret", "client_file",
    "tenant", "token_file", "default",
)  # fmt: skip
"""What is said of a new account, and of no other."""
_NOTHING: Final = ("", None, False)
_PROBE: Final = "SSH_CONNECTION"
"""Set where the terminal is not on the machine that one sits at."""


def _arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the account is called")
    parser.add_argument(
        "--address", default="", metavar="ADDRESS", help="who signs in; for a new one"
    )
    parser.add_argument(
        "--from-name", default="", metavar="NAME", help="the name shown with it"
    )
    parser.add_argument(
        "--provider",
        default="",
        metavar="WORD",
        help="smtp, instead of the service's own way out",
    )
    _add_client(parser)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument(
        "--paste",
        action="store_true",
        help="the browser is on another machine: paste the address it ends at",
    )
    ways.add_argument(
        "--device",
        action="store_true",
        help="type a code on another device, where the service has that",
    )
    parser.add_argument(
        "--default", action="store_true", help="mail that names no account uses it"
    )


def _add_client(parser: Parser) -> None:
    parser.add_argument(
        "--client-id", default="", metavar="ID", help="as which program it is asked"
    )
    parser.add_argument(
        "--client-secret",
        default="",
        metavar="WHERE",
        help="where that program's secret is: keyring:, env:NAME, command:… or "
        "file:PATH; never the secret itself",
    )
    parser.add_argument(
        "--client-file",
        type=Path,
        metavar="FILE",
        help="both, in the file that Google gives out; its secret goes into the "
        "keyring",
    )
    parser.add_argument(
        "--tenant", default="", metavar="ID", help="which organisation, at Microsoft"
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="keep the refresh token there instead of in the keyring",
    )


def _gmail(call: Call) -> int:
    return _sign_in(call, "gmail")


def _microsoft(call: Call) -> int:
    return _sign_in(call, "microsoft")


def _sign_in(call: Call, service: str) -> int:
    with call.open() as workspace:
        names = {one.name for one in workspace.accounts.views()}
        is_new = call.options.name not in names
        begin = _begun if is_new else _begun_again
        sign_in = begin(call, workspace, service)
        try:
            _wait(call, sign_in)
        finally:
            sign_in.cancel()
    _tell(call, service, is_new=is_new)
    return exits.DONE


def _way(call: Call) -> Way:
    if call.options.device:
        return Way.DEVICE
    is_far = _PROBE in call.environ
    return Way.PASTE if call.options.paste or is_far else Way.BROWSER


def _begun_again(call: Call, workspace: Workspace, service: str) -> SignIn:
    given = [name for name in _FOR_NEW if getattr(call.options, name) not in _NOTHING]
    if given:
        flag = given[0].replace("_", "-")
        raise UsageError(
            f"There is an account “{call.options.name}” already, so that --{flag} "
            "says nothing.",
            hint=f"Sign in again: tuimail auth {service} {call.options.name}",
            field=flag,
        )
    return workspace.sign_in.begin_again(
        call.options.name, service=service, way=_way(call)
    )


def _begun(call: Call, workspace: Workspace, service: str) -> SignIn:
    options = call.options
    if not options.address:
        raise UsageError(
            f"There is no account “{options.name}” yet, and a new one needs an "
            "address.",
            hint=f"Write: tuimail auth {service} {options.name} --address ADDRESS",
            field="address",
        )
    sign_in = workspace.sign_in.begin(
        service,
        account=options.name,
        address=options.address,
        client_id=options.client_id,
        client_secret=options.client_secret,
        client_file=options.client_file,
        provider=options.provider,
        tenant=options.tenant,
        way=_way(call),
        refresh_token_at=_place(options.token_file),
        write=partial(_add, call, workspace, service),
    )
    try:
        words = _words(call, workspace, service, sign_in.oauth)
        workspace.accounts.planned(**words)
    except BaseException:
        sign_in.cancel()
        raise
    return sign_in


def _place(token_file: str | None) -> str:
    return "" if token_file is None else f"file:{token_file}"


def _words(
    call: Call, workspace: Workspace, service: str, oauth: OAuth
) -> AccountWords:
    options = call.options
    provider, settings = workspace.sign_in.options_for(
        service, provider=options.provider, address=options.address
    )
    return {
        "name": options.name,
        "provider": provider,
        "address": options.address,
        "sender_name": options.from_name,
        "options": settings,
        "secret": "oauth:",
        "oauth": oauth,
    }


def _add(
    call: Call,
    workspace: Workspace,
    service: str,
    oauth: OAuth,
    within: AbstractContextManager[None],
) -> None:
    workspace.accounts.add(
        make_default=call.options.default,
        within=within,
        **_words(call, workspace, service, oauth),
    )


def _wait(call: Call, sign_in: SignIn) -> None:
    if sign_in.way is Way.DEVICE:
        call.console.insist(
            f"Open {sign_in.verification_url} on any device, and type there: "
            f"{sign_in.user_code}"
        )
    else:
        call.console.insist(
            "Sign in with a browser at this address:", "", sign_in.url, ""
        )
    if sign_in.way is Way.BROWSER and call.console.talks_to_person:
        _open(sign_in.url)
    if sign_in.way is Way.PASTE:
        call.console.insist(
            "It ends at a page that cannot be shown: paste its address."
        )
        sign_in.paste(call.console.read_line())
    sign_in.wait(PATIENCE)


def _open(url: str) -> None:
    from tuimail.tui.browsing import open_browser  # noqa: PLC0415 - loads subprocess

    open_browser(url)


def _tell(call: Call, service: str, *, is_new: bool) -> None:
    name = call.options.name
    if call.console.is_json:
        call.console.document(
            {"account": name, "service": service, "is_signed_in": True, "new": is_new}
        )
        return
    call.console.data(f"Signed in: {name}. Try it: tuimail accounts test {name}")


def _status_arguments(parser: Parser) -> None:
    add_paging(parser, metavar="NAME")


def _status(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.sign_in.status()
    page, cursor = paged(call, found, lambda one: one.account)
    if call.console.is_json:
        rows = [
            {
                "account": one.account,
                "service": one.service,
                "scope": one.scope,
                "is_signed_in": one.is_signed_in,
                "problem": one.problem or None,
            }
            for one in page
        ]
        call.console.document({"accounts": rows, "next": cursor})
        return exits.DONE
    print_table(
        call.console,
        _HEADS,
        [
            (one.account, one.service, "yes" if one.is_signed_in else "no", one.scope)
            for one in page
        ],
    )
    for one in page:
        if one.problem:
            call.console.say(f"{one.account}: {one.problem}")
    say_more(call, cursor)
    if not found:
        call.console.say("No account signs in anywhere. Begin: tuimail auth gmail NAME")
    return exits.DONE


def _logout_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the account is called")


def _logout(call: Call) -> int:
    name = call.options.name
    with call.open() as workspace:
        is_revoked = workspace.sign_in.logout(name)
    if call.console.is_json:
        call.console.document({"account": name, "is_revoked": is_revoked})
        return exits.DONE
    call.console.data(f"Signed out: {name}. Its mail waits until it signs in again.")
    if not is_revoked:
        call.console.say(
            "The service was not told, or has no place for that: take away what "
            "tuimail is allowed to do in your account there."
        )
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "auth gmail": Command(
        arguments=_arguments,
        run=_gmail,
        examples=(
            (
                "tuimail auth gmail work --address ana@gmail.com "
                "--client-id ID --client-secret env:GOOGLE_SECRET"
            ),
        ),
    ),
    "auth microsoft": Command(
        arguments=_arguments,
        run=_microsoft,
        examples=(
            "tuimail auth microsoft work --address ana@outlook.com --client-id ID",
        ),
    ),
    "auth status": Command(
        arguments=_status_arguments, run=_status, examples=("tuimail auth status",)
    ),
    "auth logout": Command(
        arguments=_logout_arguments, run=_logout, examples=("tuimail auth logout work",)
    ),
}
