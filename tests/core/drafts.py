"""Drafts for tests: plain ones, and whatever hypothesis makes up."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from tuimail.core import compose
from tuimail.core.address import Address, parse_address, with_name
from tuimail.core.draft import Attachment, Body, Draft, Priority
from tuimail.core.service import Category, ServiceOptions
from tuimail.errors import AddressError

MESSAGE_ID = "<20261121.1@corp.example>"
DATE = datetime(2026, 11, 21, 5, 36, 53, tzinfo=UTC)
CONTENT = bytes(range(256)) * 3
SAID_TO_THE_PROVIDER = "Said-To-The-Provider"


def address(text: str) -> Address:
    return parse_address(text, field="to")


def attachment(
    name: str = "report.pdf",
    content: bytes = CONTENT,
    *,
    content_type: str = "application/pdf",
    content_id: str = "",
) -> Attachment:
    return Attachment(
        name=name,
        content_type=content_type,
        digest=sha256(content).hexdigest(),
        size_bytes=len(content),
        content_id=content_id,
    )


def image(content_id: str = "logo", name: str = "logo.png") -> Attachment:
    return attachment(name, content_type="image/png", content_id=content_id)


def a_draft(**fields: Any) -> Draft:
    plain = {"sender": address("agent@corp.example"), "subject": "Hello"}
    to = (
        {}
        if {"to", "cc", "bcc"} & fields.keys()
        else {"to": (address("bob@b.example"),)}
    )
    return Draft(**{**plain, **to, **fields})


def planned(draft: Draft) -> compose.Plan:
    return compose.plan(draft, message_id=MESSAGE_ID, date=DATE)


def reader(
    content: bytes = CONTENT, *, step: int = 100
) -> Callable[[str], Iterator[bytes]]:
    """Return what reads every file as ``content``, ``step`` bytes at a time."""

    def read(_digest: str) -> Iterator[bytes]:
        for start in range(0, len(content), step):
            yield content[start : start + step]

    return read


def rendered(draft: Draft) -> bytes:
    return b"".join(compose.render(planned(draft), read=reader()))


def head(draft: Draft) -> str:
    """Return the header block of ``draft``, without the empty line."""
    return next(compose.render(planned(draft), read=reader())).decode()[:-4]


def header(draft: Draft, name: str) -> str:
    """Return the one header ``name`` of ``draft`` as written, folds and all."""
    fields = re.split(r"\r\n(?![ \t])", head(draft))
    (found,) = (field for field in fields if field.startswith(f"{name}:"))
    return found


_TRICKY = "ab ?=_qQ\t'\"\\,;:<>()@.é💩"
_LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"),
    max_size=200,
) | st.text(_TRICKY, max_size=150)
_NAMES = _LINES.map(lambda text: text.replace("\t", " "))
_LOCALS = st.text("abcXYZ019!#$%&'*+-/^_`{|}~", min_size=1, max_size=64) | (
    st.sampled_from(['"a b"', '"a..b c"', "a.b", "jörg", "用户"])
)
_DOMAINS = st.sampled_from([
    "example.org", "localhost", "bücher.example", "[192.0.2.1]", "[IPv6:2001:db8::1]",
])  # fmt: skip
_BODIES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=300
) | st.text("ab \t\r\n=-_.é", max_size=300)
_IDS = st.from_regex(r"<[!-;=?-~]{1,120}>", fullmatch=True)
_CONTENT_IDS = st.from_regex(r"[A-Za-z0-9!#$&'*+./=?^_`{|}~@-]{1,190}", fullmatch=True)
_URLS = st.from_regex(r"https://a\.example/[!-;=?-~]{0,860}", fullmatch=True)
_FILE_NAMES = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="/\\<>\u2028\u2029"
    ),
    min_size=1,
    max_size=63,
).filter(lambda name: name.strip(' "') not in {"", ".", ".."})


def _named(local: str, domain: str, name: str) -> Address:
    plain = address(f"{local}@{domain}")
    try:
        return with_name(plain, name, field="to")
    except AddressError:
        return plain


def addresses() -> st.SearchStrategy[Address]:
    return st.builds(_named, _LOCALS, _DOMAINS, _NAMES)


def drafts() -> st.SearchStrategy[Draft]:
    """Drafts that have a recipient, and anything else that may be in one."""
    headers = st.tuples(st.sampled_from(["X-Tag", "Comments", "X" * 76]), _LINES)
    return st.builds(
        Draft,
        sender=addresses(),
        to=_several(addresses(), least=1),
        cc=_several(addresses()),
        bcc=_several(addresses()),
        reply_to=_several(addresses()),
        subject=_LINES,
        body=st.builds(Body, text=_BODIES, html=_BODIES, is_flowed=st.booleans()),
        attachments=_several(_attachments()).map(_with_their_own_ids),
        headers=_several(headers),
        in_reply_to=st.just("") | _IDS,
        references=_several(_IDS),
        priority=st.none() | st.sampled_from(Priority),
        unsubscribe_url=st.just("") | _URLS,
        service=_services(),
    )


def _several(
    strategy: st.SearchStrategy[Any], *, least: int = 0
) -> st.SearchStrategy[Any]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


def _attachments() -> st.SearchStrategy[Attachment]:
    types = ["application/pdf", "image/png", "text/html", "text/calendar", "a/x+y.z"]
    return st.builds(
        attachment,
        _FILE_NAMES,
        content_type=st.sampled_from(types),
        content_id=st.just("") | _CONTENT_IDS,
    )


def _with_their_own_ids(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    return tuple(
        replace(one, content_id=f"{one.content_id}{at}") if one.content_id else one
        for at, one in enumerate(attachments)
    )


def _services() -> st.SearchStrategy[ServiceOptions]:
    """What is said to the provider, in words that no mail has by itself."""
    secret = st.just((("key", SAID_TO_THE_PROVIDER),))
    return st.builds(
        ServiceOptions,
        category=st.none() | st.sampled_from(Category),
        tags=st.just(()) | st.just((SAID_TO_THE_PROVIDER,)),
        metadata=st.just(()) | secret,
        template_id=st.just("") | st.just(SAID_TO_THE_PROVIDER),
        merge=st.just(()) | secret,
    )
