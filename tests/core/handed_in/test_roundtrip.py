"""Whatever our own writer writes is read back as it was meant."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.core.drafts import CONTENT, drafts, rendered
from tuimail.core.draft import Draft
from tuimail.core.handed_in.message import HandedIn, read_message
from tuimail.core.wire.encoding import with_lf
from tuimail.core.wire.flowed import trimmed


def as_read(text: str) -> str:
    """Return ``text`` as it comes back: line ends are LF, the last line has one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return lines if not lines or lines.endswith("\n") else f"{lines}\n"


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_a_draft_survives_being_rendered_and_handed_in_again(draft: Draft) -> None:
    found = read_message(rendered(draft))

    assert found.sender == draft.sender
    assert (found.to, found.cc, found.reply_to) == (draft.to, draft.cc, draft.reply_to)
    assert (found.bcc, found.subject) == ((), draft.subject)
    assert found.headers == draft.headers
    assert found.in_reply_to == draft.in_reply_to
    assert found.references == draft.references
    assert sorted(files(found)) == sorted(files(draft))


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_its_body_survives_as_well(draft: Draft) -> None:
    found = read_message(rendered(draft))

    assert found.html == as_read(draft.body.html)
    text = draft.body.text
    written = trimmed(with_lf(text)) if draft.body.is_flowed else text
    assert found.text == as_read(written)


def files(one: HandedIn | Draft) -> list[tuple[str, str, int]]:
    if isinstance(one, Draft):
        return [(f.name, f.content_type, f.size_bytes) for f in one.attachments]
    assert all(f.content == CONTENT for f in one.files)
    return [(f.name, f.content_type, len(f.content)) for f in one.files]
