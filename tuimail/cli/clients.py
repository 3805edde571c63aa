"""Verbs about programs that hand in mail: add, list, rotate, revoke."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, paged, say_more
from tuimail.cli.parser import Command, Parser, positive
from tuimail.cli.table import local, print_table
from tuimail.workspace.clients import ALL_SCOPES, USUAL_PER_HOUR, Client
from tuimail.workspace.documents import Document, iso

HEADS: Final = ("name", "token", "for", "account", "from", "an hour", "state")
ANY: Final = "any"


def _add_arguments(parser: Parser) -> None:
    _add_name(parser)
    parser.add_argument(
        "--scope",
        action="append",
        choices=sorted(ALL_SCOPES),
        metavar="WORD",
        help="what the token is for: draft (to hand in), status (to ask what became "
        "of it); both where none is given",
    )
    parser.add_argument(
        "--account", default="", metavar="NAME", help="the one account it may use"
    )
    parser.add_argument(
        "--from", dest="sender", default="", metavar="ADDRESS",
        help="the one address it may write from",
    )  # fmt: skip
    parser.add_argument(
        "--per-hour",
        type=positive,
        default=USUAL_PER_HOUR,
        metavar="N",
        help=f"how many mails it may hand in within an hour (default {USUAL_PER_HOUR})",
    )


def _add(call: Call) -> int:
    options = call.options
    with call.open() as workspace:
        client, token = workspace.clients.add(
            options.name,
            scopes=options.scope or ALL_SCOPES,
            account=options.account,
            sender=options.sender,
            per_hour=options.per_hour,
        )
    return _print_token(call, client, token)


def _rotate(call: Call) -> int:
    with call.open() as workspace:
        client, token = workspace.clients.rotate(call.options.name)
    return _print_token(call, client, token)


def _print_token(call: Call, client: Client, token: str) -> int:
    """Print a token, this once: of what is kept, nobody can make it again."""
    if call.console.is_json:
        call.console.document({"client": client_document(client), "token": token})
    else:
        call.console.data(f"name: {client.name}", f"token: {token}")
        call.console.say(
            "Give it to the program now: it is not shown again. If it gets lost or "
            f"known: tuimail clients rotate {client.name}"
        )
    return exits.DONE


def _list_arguments(parser: Parser) -> None:
    add_paging(parser, metavar="NAME")


def _list(call: Call) -> int:
    with call.open() as workspace:
        clients = workspace.clients.list()
    page, cursor = paged(call, clients, lambda one: one.name)
    if call.console.is_json:
        shown = [client_document(one) for one in page]
        call.console.document({"clients": shown, "next": cursor})
        return exits.DONE
    print_table(call.console, HEADS, [_cells(one) for one in page])
    say_more(call, cursor)
    if not clients:
        call.console.say("No program hands in mail yet: tuimail clients add NAME")
    return exits.DONE


def _revoke(call: Call) -> int:
    with call.open() as workspace:
        client = workspace.clients.revoke(call.options.name)
    if call.console.is_json:
        call.console.document({"client": client_document(client)})
    else:
        call.console.data(f"revoked: {client.name}")
        call.console.say("Its mail stays: tuimail review")
    return exits.DONE


def client_document(client: Client) -> Document:
    """Return one program as JSON; never its token."""
    return {
        "name": client.name,
        "scopes": sorted(client.scopes),
        "account": client.account or None,
        "from": client.sender or None,
        "per_hour": client.per_hour,
        "added_at": iso(client.added_at),
        "revoked_at": iso(client.revoked_at),
        "token_ends_with": client.last_characters,
    }


def _cells(client: Client) -> tuple[str, ...]:
    revoked = client.revoked_at
    return (
        client.name,
        f"…{client.last_characters}",
        " ".join(sorted(client.scopes)),
        client.account or ANY,
        client.sender or ANY,
        str(client.per_hour),
        f"revoked {local(revoked)}" if revoked else "",
    )


def _add_name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the program is called")


COMMANDS: Final[Mapping[str, Command]] = {
    "clients add": Command(
        arguments=_add_arguments,
        run=_add,
        examples=("tuimail clients add billing --account work --per-hour 100",),
    ),
    "clients list": Command(
        arguments=_list_arguments, run=_list, examples=("tuimail clients list",)
    ),
    "clients rotate": Command(
        arguments=_add_name, run=_rotate, examples=("tuimail clients rotate billing",)
    ),
    "clients revoke": Command(
        arguments=_add_name, run=_revoke, examples=("tuimail clients revoke billing",)
    ),
}
