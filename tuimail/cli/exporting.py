"""The verb that writes mail to files: export.

A message goes out byte for byte as it left or would leave, and never names a blind
copy. Its record goes out as JSON, which names them where that is asked for.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call, place_of
from tuimail.cli.console import error_document
from tuimail.cli.finding import STATUSES
from tuimail.cli.flags import STDIN as STDOUT
from tuimail.cli.listing import read_all
from tuimail.cli.looking import message_of
from tuimail.cli.parser import Command, Parser, positive
from tuimail.errors import (
    DigestMismatchError,
    FieldError,
    InputError,
    NotFoundError,
    TuimailError,
    UsageError,
)
from tuimail.settings.files import is_folder
from tuimail.workspace.documents import Document, page_document
from tuimail.workspace.exporting import make_folder, refuse_existing, write_new

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

EML: Final = "eml"
JSONL: Final = "jsonl"


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "ids",
        nargs="*",
        metavar="ID",
        help="a mail; the beginning or end of its id will do",
    )
    parser.add_argument(
        "--search", metavar="WORDS", help="the mails that have these words, as in list"
    )
    parser.add_argument(
        "--status",
        action="append",
        choices=STATUSES,
        metavar="WORD",
        help="the mails of this status; may be repeated",
    )
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="at most N, the newest change first"
    )
    parser.add_argument(
        "--format",
        choices=(EML, JSONL),
        default=EML,
        help="eml: a file for each message, its exact bytes (default); jsonl: one "
        "line of JSON for each mail, with recipients and what came of them",
    )
    parser.add_argument(
        "--output",
        metavar="PATH",
        help="for eml a folder (this one if left out), or the file of one message; "
        "for jsonl a file (stdout if left out); - is stdout",
    )
    parser.add_argument(
        "--bcc", action="store_true", help="name blind copies; in jsonl only"
    )


def _export(call: Call) -> int:
    _check(call)
    with call.open() as workspace:
        ids = _ids(call, workspace)
        work = _Export(call, workspace)
        if call.options.format == JSONL:
            return work.lines(ids)
        if call.options.output == STDOUT:
            return work.to_stdout(ids)
        return work.files(ids)


def _check(call: Call) -> None:
    options = call.options
    has_query = options.search is not None or bool(options.status)
    if bool(options.ids) == has_query:
        raise UsageError(
            "Mail is named by ids, or found by --search and --status; "
            + ("not both." if has_query else "nothing is named."),
            hint="See what there is: tuimail list",
            field="id",
        )
    if options.bcc and options.format == EML:
        raise UsageError(
            "The bytes of a message never name blind copies.",
            hint="Export the record, which can: --format jsonl --bcc",
            field="bcc",
        )
    if call.console.is_json and _is_to_stdout(call):
        raise UsageError(
            "Stdout takes the mail itself, so it cannot take an answer in JSON.",
            hint="Leave out --json, or name a file: --output PATH",
            field="json",
        )


def _is_to_stdout(call: Call) -> bool:
    named = call.options.output
    return named == STDOUT or (named is None and call.options.format == JSONL)


def _ids(call: Call, workspace: "Workspace") -> Sequence[str]:
    options = call.options
    if options.ids:
        found = dict.fromkeys(map(workspace.drafts.resolve, options.ids))
    else:
        found = dict.fromkeys(_found(call, workspace))
    if not found:
        raise NotFoundError(
            "No mail is like that.", hint="See what there is: tuimail list", field="id"
        )
    return list(found)[: options.limit]


def _found(call: Call, workspace: "Workspace") -> Sequence[str]:
    statuses = frozenset(call.options.status or STATUSES)
    if call.options.search is None:
        return workspace.drafts.ids(statuses)
    read_all(call, workspace)
    found = workspace.search.search(call.options.search, statuses)
    if found.is_more:
        raise FieldError(
            f"More than {len(found.ids):,} mails match, which are too many for a "
            "search.",
            hint="Say more words, or export all of a status: --status sent",
            field="search",
        )
    return found.ids


class _Export:
    """Writes mail, and keeps what could not be written."""

    def __init__(self, call: Call, workspace: "Workspace") -> None:
        self._call, self._workspace = call, workspace
        self._errors: list[Document] = []

    def to_stdout(self, ids: Sequence[str]) -> int:
        """Write the bytes of one message."""
        if len(ids) > 1:
            raise UsageError(
                f"Stdout takes one message, and these are {len(ids)}.",
                hint="Name a folder: --output DIR",
                field="output",
            )
        self._call.console.raw(message_of(self._call, self._workspace, ids[0]))
        return exits.DONE

    def files(self, ids: Sequence[str]) -> int:
        """Write a file for each message, where nothing is yet."""
        paths = self._paths(ids)
        refuse_existing(paths.values())
        written: list[Document] = []
        for id_, path in paths.items():
            message = self._message(id_)
            if message is None:
                continue
            write_new(path, [message])
            written.append(_written(id_, path, message))
            if not self._call.console.is_json:
                self._call.console.data(str(path))
        return self._ended({"mails": written}, count=len(written))

    def lines(self, ids: Sequence[str]) -> int:
        """Write a line of JSON for each mail."""
        if _is_to_stdout(self._call):
            for line in self._records(ids):
                self._call.console.raw(line)
            return self._ended({}, count=len(ids) - len(self._errors))
        path = self._place()
        write_new(path, self._records(ids))
        count = len(ids) - len(self._errors)
        return self._ended({"path": str(path), "count": count}, count=count)

    def _paths(self, ids: Sequence[str]) -> Mapping[str, Path]:
        """Return where each message goes; a folder is made."""
        place = self._place()
        is_file = len(ids) == 1 and self._call.options.output and not is_folder(place)
        if is_file and not self._call.options.output.endswith("/"):
            return {ids[0]: place}
        make_folder(place)
        return {id_: place / f"{id_}.eml" for id_ in ids}

    def _place(self) -> Path:
        named: str | None = self._call.options.output
        call = self._call
        return call.cwd if named is None else place_of(call, named, "output")

    def _message(self, id_: str) -> bytes | None:
        try:
            return message_of(self._call, self._workspace, id_)
        except (InputError, DigestMismatchError) as error:
            self._refuse(id_, error)
            return None

    def _records(self, ids: Sequence[str]) -> Iterator[bytes]:
        with_bcc: bool = self._call.options.bcc
        for id_ in ids:
            try:
                page = self._workspace.drafts.page(id_)
            except NotFoundError as error:  # it was purged meanwhile
                self._refuse(id_, error)
                continue
            record = page_document(page, with_bcc=with_bcc)
            yield json.dumps(record, ensure_ascii=True).encode() + b"\n"

    def _refuse(self, id_: str, error: TuimailError) -> None:
        self._errors.append({"id": id_, **error_document(error)})
        if not self._call.console.is_json:
            hint = [f"  {error.hint}"] if error.hint else []
            self._call.console.insist(f"{id_}: {error}", *hint)

    def _ended(self, document: Document, *, count: int) -> int:
        if self._call.console.is_json:
            self._call.console.document(document | {"errors": self._errors})
        refused = f", {len(self._errors)} not" if self._errors else ""
        self._call.console.say(f"{count} exported{refused}.")
        return exits.REFUSED if self._errors else exits.DONE


def _written(id_: str, path: Path, message: bytes) -> Document:
    return {
        "id": id_,
        "path": str(path),
        "size_bytes": len(message),
        "sha256": sha256(message).hexdigest(),
    }


COMMANDS: Final[Mapping[str, Command]] = {
    "export": Command(
        arguments=_arguments,
        run=_export,
        examples=(
            "tuimail export k7xq2m --output letter.eml",
            "tuimail export --status sent --output ~/sent-mail",
            "tuimail export --search invoice --format jsonl --bcc > invoices.jsonl",
        ),
    ),
}
