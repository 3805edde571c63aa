"""A draft with some of its fields written anew, and everything else as it was."""

from collections.abc import Callable, Mapping
from typing import Final

from tuimail.core.address import Address, format_address
from tuimail.core.draft import Attachment, Body, Draft
from tuimail.core.service import ServiceOptions
from tuimail.core.values import names_of, replace
from tuimail.workspace.bodies import edited
from tuimail.workspace.fields import Fields, compose
from tuimail.workspace.stores import Stores

_UNTYPED: Final = Fields()
_HOW: Final = frozenset({"makes_text", "inlines_css", "is_flowed", "is_signed"})
"""How a body is made, which says nothing where there is no body."""


def changed(stores: Stores, draft: Draft, typed: Fields) -> Draft:
    """Return ``draft`` with what was typed in the place of what was there.

    Files and headers are added; a file of the same name, and a header of the
    same name, takes the place of the earlier one. No signature is put under a
    text that is written anew.

    Args:
        stores: The open workspace.
        draft: As it is.
        typed: Whatever is not as in ``Fields()`` was typed.

    Raises:
        FieldError: One field has a value that it may not have.
        ConfigurationError: The account named does not exist.
    """
    given = {
        name
        for name in names_of(Fields) or ()
        if getattr(typed, name) != getattr(_UNTYPED, name)
    } - _HOW
    made = compose(stores, _completed(draft, typed))
    values: dict[str, object] = {}
    for name in sorted(given & _TAKEN.keys()):
        values |= _TAKEN[name](draft, made)
    return replace(draft, **values)  # type: ignore[arg-type]  # by the table below


def _completed(draft: Draft, typed: Fields) -> Fields:
    """Return what was typed, with what it may refer to as it is."""
    sender = typed.sender or format_address(draft.sender)
    account = typed.account or ("" if typed.provider else draft.account)
    return replace(
        typed,
        to=typed.to or _texts(draft.to),
        cc=typed.cc or _texts(draft.cc),
        bcc=typed.bcc or _texts(draft.bcc),
        sender=sender,
        account=account,
        is_signed=False,
    )


def _texts(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(map(format_address, addresses))


def _one(name: str) -> Callable[[Draft, Draft], Mapping[str, object]]:
    """Return what takes one attribute as it was made."""
    return lambda _, made: {name: getattr(made, name)}


def _service(name: str) -> Callable[[Draft, Draft], Mapping[str, object]]:
    """Return what takes one option of the service."""
    return lambda was, made: {"service": _with_option(was.service, made.service, name)}


def _with_option(was: ServiceOptions, made: ServiceOptions, name: str) -> object:
    return replace(was, **{name: getattr(made, name)})


def _text(was: Draft, made: Draft) -> Mapping[str, object]:
    """Take the text, and make the HTML again where that was made from it."""
    text = made.body.text
    body = replace(
        edited(was.body, text=text, html=was.body.html),
        text=text,
        is_text_made=False,
        is_flowed=made.body.is_flowed,
    )
    return {"body": body}


def _html(was: Draft, made: Draft) -> Mapping[str, object]:
    """Take the HTML, and the text made from it where nobody wrote one."""
    keeps_text = was.body.text and not was.body.is_text_made
    if keeps_text:
        own = replace(was.body, html=made.body.html, is_html_made=False)
        return {"body": own}
    return {"body": made.body}


def _whole_body(_was: Draft, made: Draft) -> Mapping[str, Body]:
    return {"body": made.body}


def _attachments(was: Draft, made: Draft) -> Mapping[str, object]:
    names = {one.name for one in made.attachments}
    kept: tuple[Attachment, ...] = tuple(
        one for one in was.attachments if one.name not in names
    )
    return {
        "attachments": (*kept, *made.attachments),
        "noticed": (*was.noticed, *made.noticed),
    }


def _headers(was: Draft, made: Draft) -> Mapping[str, object]:
    names = {name.lower() for name, _ in made.headers}
    kept = tuple(one for one in was.headers if one[0].lower() not in names)
    return {"headers": (*kept, *made.headers)}


_TAKEN: Final[Mapping[str, Callable[[Draft, Draft], Mapping[str, object]]]] = {
    **{
        name: _one(name)
        for name in (
            "sender", "to", "cc", "bcc", "reply_to", "subject", "in_reply_to",
            "references", "account", "priority", "unsubscribe_url", "expires_at",
        )
    },
    "sender_name": _one("sender"),
    "provider": _one("account"),
    "html": _html,
    "markdown": _whole_body,
    "text": _text,
    "attachments": _attachments,
    "headers": _headers,
    **{
        name: _service(name)
        for name in (
            "category", "tags", "metadata", "template_id", "merge", "merge_for",
            "track_opens", "track_clicks",
        )
    },
}  # fmt: skip
"""Of each field that can be typed: what it changes of a draft."""
