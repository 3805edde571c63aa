"""Whatever a draft says, the standard library reads it back field for field."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.core.drafts import (
    CONTENT,
    SAID_TO_THE_PROVIDER,
    drafts,
    planned,
    reader,
    rendered,
)
from tuimail.core import compose
from tuimail.core.draft import Draft, Priority
from tuimail.core.wire.encoding import with_lf
from tuimail.core.wire.flowed import trimmed, unflow


def parsed(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def _block(draft: Draft) -> bytes:
    return next(compose.render(planned(draft), read=reader()))


@pytest.mark.slow
@settings(
    deadline=None,
    database=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(drafts())
def test_whatever_is_rendered_reads_back_as_it_was_meant(draft: Draft) -> None:
    plan = planned(draft)
    raw = rendered(draft)

    compose.compare_with_parser(_block(draft), plan)
    _check_bytes(raw, draft)
    message = parsed(raw)
    _check_fields(message, draft)
    _check_bodies(message, draft)
    _check_files(message, draft)
    assert not [part for part in message.walk() if part.defects]
    assert rendered(draft) == raw


def _check_bytes(raw: bytes, draft: Draft) -> None:
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert max(map(len, lines)) <= 998
    names = raw.partition(b"\r\n\r\n")[0].lower()
    assert b"bcc:" not in names
    assert b"resent-" not in re.findall(rb"^[^ \t:]+", names, re.MULTILINE)
    assert SAID_TO_THE_PROVIDER.encode() not in raw
    shown = (draft.sender, *draft.to, *draft.cc, *draft.reply_to)
    assert raw.isascii() or not all(one.local.isascii() for one in shown)


def _check_fields(message: EmailMessage, draft: Draft) -> None:
    """What ``compare_with_parser`` looks at is not looked at again here."""
    urgency = {Priority.HIGH: "1", Priority.NORMAL: "3", Priority.LOW: "5", None: None}
    assert message["X-Priority"] == urgency[draft.priority]
    assert message["Importance"] == (draft.priority and draft.priority.value)
    url = draft.unsubscribe_url
    assert message["List-Unsubscribe"] == (f"<{url}>" if url else None)
    assert (message["List-Unsubscribe-Post"] is None) is not bool(url)
    assert message["In-Reply-To"] == (draft.in_reply_to or None)
    assert (message["References"] or "").split() == [*draft.references]


def _check_bodies(message: EmailMessage, draft: Draft) -> None:
    meant = {"plain": draft.body.text, "html": draft.body.html}
    is_missing = {"plain": not meant["plain"] and bool(meant["html"]), "html": False}
    for kind, text in meant.items():
        part = message.get_body((kind,))
        assert (part is None) is (is_missing[kind] or (kind == "html" and not text))
        if part is not None:
            is_flowed = kind == "plain" and draft.body.is_flowed
            flowed = {"format": "flowed"} if is_flowed else {}
            assert part["Content-Type"].params == {"charset": "utf-8", **flowed}
            written = trimmed(with_lf(text)) if is_flowed else text
            assert _read(part, is_flowed=is_flowed) == _as_lines(written)


def _read(part: Any, *, is_flowed: bool) -> str:
    lines = _payload(part).decode()
    if not is_flowed:
        return lines
    return _as_lines(unflow(lines.replace("\r\n", "\n")))


def _check_files(message: EmailMessage, draft: Draft) -> None:
    """Those within the HTML come first, and each as it was attached."""
    is_shown = {
        one: one.is_inline and bool(draft.body.html) for one in draft.attachments
    }
    ordered = sorted(draft.attachments, key=lambda one: not is_shown[one])
    assert [
        (
            part.get_content_disposition(),
            part.get_filename(),
            part.get_content_type(),
            part["Content-ID"],
            _payload(part),
        )
        for part in message.walk()
        if part.get_content_disposition()
    ] == [
        (
            "inline" if is_shown[one] else "attachment",
            _as_stdlib_reads(one.name),
            one.content_type,
            f"<{one.content_id}>" if one.content_id else None,
            CONTENT,
        )
        for one in ordered
    ]


def _payload(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def _as_lines(text: str) -> str:
    lines = re.sub("\r\n|\r|\n", "\r\n", text)
    return lines if not lines or lines.endswith("\r\n") else f"{lines}\r\n"


def _as_stdlib_reads(name: str) -> str:
    """``get_filename`` strips white space, and quotes that are part of a name."""
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = name[1:-1].replace("\\\\", "\\").replace('\\"', '"')
    return name.strip()
