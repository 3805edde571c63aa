"""The flags that a mail is written with."""

from argparse import BooleanOptionalAction

from tuimail.cli.parser import Parser
from tuimail.cli.times import moment_or_duration_for

STDIN = "-"


def add_fields(parser: Parser) -> None:
    """Take everything that can be said about a mail."""
    add_mail(parser)
    add_template(parser)
    add_key(parser)
    add_expires(parser)


def add_mail(parser: Parser) -> None:
    """Take what a mail says, to whom, and by which way out."""
    _add_addresses(parser)
    _add_bodies(parser)
    _add_files(parser)
    _add_headers(parser)
    _add_service(parser)
    way_out = parser.add_mutually_exclusive_group()
    way_out.add_argument(
        "--account", default="", metavar="NAME", help="the way out it leaves by"
    )
    way_out.add_argument(
        "--provider",
        default="",
        metavar="NAME",
        help="the same, by what the account leads through: smtp, …",
    )


def add_key(parser: Parser) -> None:
    """Take what the one who asks calls the request."""
    parser.add_argument(
        "--idempotency-key",
        metavar="KEY",
        help="asking again under the same KEY makes no second mail; with --data a "
        "template, such as 'invoice-{{ number }}'",
    )


def add_expires(parser: Parser) -> None:
    """Take until when it is of use."""
    parser.add_argument(
        "--expires",
        type=moment_or_duration_for("expires"),
        metavar="WHEN",
        help="do not send it after this time, or so long from now: 90m, 36h, 3d, 2w",
    )


def add_template(parser: Parser) -> None:
    """Take a template, and what its blanks are filled in with."""
    add_template_file(parser)
    parser.add_argument(
        "--data",
        metavar="SOURCE",
        help="what fills the blanks in, also those in other options: a file with CSV, "
        "JSON or JSON Lines, - for stdin, or the JSON itself; one mail for each row",
    )


def add_template_file(parser: Parser) -> None:
    """Take a template."""
    parser.add_argument(
        "--template",
        metavar="FILE",
        help="a mail with blanks such as {{ name }}: header lines, an empty line, "
        "the body; FILE ends in .txt, .md or .html, and is here or in the folder that "
        "tuimail template list shows",
    )


def _add_addresses(parser: Parser) -> None:
    parser.add_argument(
        "--from",
        dest="sender",
        default="",
        metavar="ADDRESS",
        help="address or 'Name <address>'; the account's own if left out",
    )
    parser.add_argument(
        "--from-name", default="", metavar="NAME", help="the name shown with it"
    )
    _add_repeated(parser, "--to", "ADDRESS", "a recipient; to be repeated")
    _add_repeated(parser, "--cc", "ADDRESS", "a recipient of a copy")
    _add_repeated(parser, "--bcc", "ADDRESS", "a recipient that no other sees")
    _add_repeated(
        parser, "--reply-to", "ADDRESS", "where answers go, if not to the sender"
    )


def _add_bodies(parser: Parser) -> None:
    parser.add_argument(
        "--subject", default="", metavar="TEXT", help="what the mail is about"
    )
    for kind, what in (
        ("text", "plain text"),
        ("html", "HTML"),
        ("markdown", "Markdown, which becomes text and HTML"),
    ):
        either = parser.add_mutually_exclusive_group()
        either.add_argument(
            f"--{kind}", metavar="TEXT", help=f"the mail as {what}; - is stdin"
        )
        either.add_argument(
            f"--{kind}-file", metavar="PATH", help="the same from a file; - is stdin"
        )
    parser.add_argument(
        "--no-text",
        action="store_true",
        help="leave HTML without the text part that is made from it",
    )
    parser.add_argument(
        "--inline-css",
        action="store_true",
        help="write style sheets into the elements; many readers ignore the sheets",
    )
    parser.add_argument(
        "--flowed",
        action="store_true",
        help="let readers wrap paragraphs of the text (format=flowed)",
    )
    parser.add_argument(
        "--no-signature",
        action="store_true",
        help="leave out the signature of the identity it is from",
    )


def _add_files(parser: Parser) -> None:
    _add_repeated(
        parser,
        "--attach",
        "PATH",
        "a file; PATH;name=NAME;type=TYPE calls it otherwise, - is stdin",
    )
    _add_repeated(
        parser, "--inline", "CID=PATH", "a picture that HTML shows by <img src=cid:CID>"
    )


def _add_headers(parser: Parser) -> None:
    _add_repeated(
        parser, "--header", "NAME=VALUE", "a further header; 'NAME: VALUE' will do"
    )
    parser.add_argument(
        "--in-reply-to", default="", metavar="ID", help="Message-ID of what it answers"
    )
    _add_repeated(
        parser,
        "--references",
        "IDS",
        "Message-IDs of the mails before it, oldest first",
    )
    parser.add_argument(
        "--priority", default="", metavar="WORD", help="high, normal or low"
    )
    parser.add_argument(
        "--unsubscribe-url",
        default="",
        metavar="URL",
        help="https address that ends a subscription with one click",
    )


def _add_service(parser: Parser) -> None:
    """Take what is said to the provider, and is not in the mail."""
    parser.add_argument(
        "--category", default="", metavar="WORD", help="transactional or bulk"
    )
    _add_repeated(parser, "--tag", "WORD", "a word to find it by")
    _add_repeated(parser, "--meta", "NAME=VALUE", "a fact to find it by")
    parser.add_argument(
        "--template-id",
        default="",
        metavar="ID",
        help="a template that is kept at the provider",
    )
    _add_repeated(
        parser, "--merge", "NAME=VALUE", "what its blanks are filled with, for all"
    )
    _add_repeated(
        parser, "--merge-for", "ADDRESS:NAME=VALUE", "the same for one recipient"
    )
    for what, kind in (("it is opened", "opens"), ("a link is followed", "clicks")):
        parser.add_argument(
            f"--track-{kind}",
            action=BooleanOptionalAction,
            help=f"let the provider notice when {what}, or tell it not to",
        )


def _add_repeated(parser: Parser, flag: str, metavar: str, help: str) -> None:
    parser.add_argument(flag, action="append", default=[], metavar=metavar, help=help)
