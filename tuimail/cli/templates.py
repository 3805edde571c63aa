"""Verbs about the person's own templates: template list, show, render."""

from collections.abc import Iterator, Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, paged, say_more
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import print_table
from tuimail.workspace.documents import Document
from tuimail.workspace.fields import Fields
from tuimail.workspace.template_desk import TemplateLine

HEADS: Final = ("name", "kind", "begins")


def _list_arguments(parser: Parser) -> None:
    add_paging(parser, metavar="NAME")


def _list(call: Call) -> int:
    with call.open() as workspace:
        lines, folder = workspace.templates.lines(), workspace.templates.folder
    page, cursor = paged(call, lines, lambda one: one.name)
    if call.console.is_json:
        shown = [_line_document(one) for one in page]
        document = {"folder": str(folder), "templates": shown, "next": cursor}
        call.console.document(document)
        return exits.DONE
    print_table(call.console, HEADS, [_cells(one) for one in page])
    if not lines:
        call.console.say(f"No template yet: write one into {folder}")
    say_more(call, cursor)
    return exits.DONE


def _line_document(one: TemplateLine) -> Document:
    return {
        "name": one.name,
        "is_snippet": one.is_snippet,
        "text": one.text,
        "problem": one.problem or None,
    }


def _cells(one: TemplateLine) -> tuple[str, ...]:
    kind = "snippet" if one.is_snippet else "mail"
    return one.name, "" if one.problem else kind, one.problem or one.text


def _show_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="as template list has it")


def _show(call: Call) -> int:
    name: str = call.options.name
    with call.open() as workspace:
        source = workspace.templates.source(name)
        blanks = workspace.templates.blanks(name)
    if call.console.is_json:
        call.console.document({"name": name, "blanks": list(blanks), "source": source})
        return exits.DONE
    call.console.data(*source.splitlines())
    call.console.say(f"It asks for: {', '.join(blanks) or 'nothing'}.")
    return exits.DONE


def _render_arguments(parser: Parser) -> None:
    parser.add_argument(
        "template",
        metavar="NAME|FILE",
        help="a file, or a template as template list has it",
    )
    parser.add_argument(
        "--data",
        metavar="SOURCE",
        help="what fills the blanks in: a file with CSV, JSON or JSON Lines, - for "
        "stdin, or the JSON itself; one mail for each row",
    )


def _render(call: Call) -> int:
    from tuimail.cli.merging import merge_of  # noqa: PLC0415 - loads the engine

    mails = merge_of(call, Fields()).mails
    if call.console.is_json:
        call.console.document({"mails": [_mail_document(one) for one in mails]})
        return exits.DONE
    for number, one in enumerate(mails):
        call.console.data(*([""] if number else []), *_mail_lines(one))
    return exits.DONE


def _mail_document(fields: Fields) -> Document:
    return {
        "from": fields.sender or None,
        "to": list(fields.to),
        "cc": list(fields.cc),
        "bcc": list(fields.bcc),
        "reply_to": list(fields.reply_to),
        "subject": fields.subject,
        "text": fields.text or None,
        "markdown": fields.markdown or None,
        "html": fields.html or None,
    }


def _mail_lines(fields: Fields) -> Iterator[str]:
    """Yield a mail as a template has it: header lines, an empty one, the bodies."""
    for name, value in _mail_document(fields).items():
        if name in {"text", "markdown", "html"}:
            continue
        for one in value if isinstance(value, list) else [value]:
            if one:
                yield f"{name.replace('_', '-').title()}: {one}"
    for body in (fields.text, fields.markdown, fields.html):
        if body:
            yield from ("", *body.splitlines())


COMMANDS: Final[Mapping[str, Command]] = {
    "template list": Command(
        arguments=_list_arguments, run=_list, examples=("tuimail template list",)
    ),
    "template show": Command(
        arguments=_show_arguments,
        run=_show,
        examples=("tuimail template show welcome.md",),
    ),
    "template render": Command(
        arguments=_render_arguments,
        run=_render,
        examples=(
            "tuimail template render welcome.md --data people.csv",
            'tuimail template render welcome.md --data \'{"name": "Ada"}\' --json',
        ),
    ),
}
