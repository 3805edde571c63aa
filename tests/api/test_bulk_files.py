"""Rows that are mails of their own, and the files that rows have with them."""

import io
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Place
from tests.api.test_bulk import PEOPLE, TEXTS, Bulk, numbers
from tuimail.api.bulk_file import MOST_CHARACTERS
from tuimail.api.bulk_rows import Mails
from tuimail.api.message import Attachment, Message
from tuimail.errors import AttachmentError, FieldError

REPORT = b"%PDF-1.7 \x00\xff"
INLINE = {"name": "report.pdf", "content": b64encode(REPORT).decode()}


def files(place: Place) -> list[list[tuple[str, object]]]:
    """Return names and contents of the files of each mail, in the order of rows."""
    mails = sorted(place.delivered, key=lambda one: one.recipients)
    return [
        [
            (one.name, one.source)
            for one in Message.from_bytes(mail.content).attachments
            if isinstance(one, Attachment)
        ]
        for mail in mails
    ]


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in rows))
    return path


def test_a_row_of_a_file_may_have_files_by_path_and_by_content(
    sent: Bulk, place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"Notes\n")
    here: dict[str, Any] = {"path": str(path), "name": "n.txt", "type": "text/plain"}
    rows: list[dict[str, Any]] = [
        {"to": "a@example.net", "text": "Hi", "attachments": [INLINE, here]},
        {"to": "b@example.net", "text": "Hi", "attachments": [str(path), INLINE]},
        {"to": "c@example.net", "text": "Hi", "attachments": str(path)},
    ]

    result = sent(lines(tmp_path / "rows.jsonl", *rows))

    assert numbers(result) == (3, 3, 0, 0, 0)
    assert files(place) == [
        [("report.pdf", REPORT), ("n.txt", b"Notes\n")],
        [("notes.txt", b"Notes\n"), ("report.pdf", REPORT)],
        [("notes.txt", b"Notes\n")],
    ]


def test_a_job_with_files_in_its_rows_is_begun_again(
    sent: Bulk, place: Place, tmp_path: Path
) -> None:
    row = {"to": "a@example.net", "text": "Hi", "attachments": [INLINE]}
    other = {**INLINE, "content": b64encode(b"Other").decode()}
    path = lines(tmp_path / "rows.jsonl", row)

    first, again = sent(path, job="notes"), sent(path, job="notes")
    changed = sent([{**row, "attachments": [other]}], job="notes")

    assert (first.earlier, again.earlier, changed.failed) == (0, 1, 1)
    assert len(place.delivered) == 1


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ({"name": "a.pdf", "content": "%"}, "attachments[1].content"),
        ({"name": "a.pdf", "url": "https://example.org"}, "attachments[1].url"),
        ({"name": "a.pdf"}, "attachments"),
        ({**INLINE, "path": "/a.pdf"}, "attachments"),
        (17, "attachments[1]"),
    ],
)
def test_a_file_that_is_none_is_an_error_of_its_row(
    sent: Bulk, file: object, field: str
) -> None:
    row = {"to": "a@example.net", "text": "Hi", "attachments": [INLINE, file]}

    result = sent([row])

    (error,) = result.errors
    assert isinstance(error.error, FieldError | AttachmentError)
    assert error.error.field == field


def test_a_row_that_fills_in_a_template_has_files_with_it(
    sent: Bulk, place: Place
) -> None:
    rows = [{**PEOPLE[0], "attachments": [INLINE]}, PEOPLE[1]]
    shared = Attachment(source=b"For all", name="{{ name }}.txt")

    result = sent(rows, attachments=[shared], **TEXTS)

    assert result.sent == 2
    assert files(place) == [
        [("Ada.txt", b"For all"), ("report.pdf", REPORT)],
        [("Bob.txt", b"For all")],
    ]


@pytest.mark.parametrize(
    "said", ["/etc/passwd", ["/etc/passwd"], [{"path": "/etc/passwd"}], [17], 17]
)
def test_a_row_that_fills_in_a_template_names_no_file(
    sent: Bulk, place: Place, said: object
) -> None:
    """Rows are often what strangers typed, and the file is on this machine."""
    result = sent([{**PEOPLE[0], "attachments": said}], **TEXTS)

    (error,) = result.errors
    assert error.error is not None
    assert error.error.field.startswith("attachments")
    assert not place.delivered


def test_a_stream_that_all_share_is_refused_before_it_is_read(
    sent: Bulk, place: Place
) -> None:
    """The first mail would have it, and all others an empty file."""
    messages = [Message(to=f"r{one}@example.net", text="Hi") for one in range(2)]
    stream = Attachment(source=io.BytesIO(b"data"), name="a.txt")

    with pytest.raises(FieldError, match="one mail only"):
        sent(messages, attachments=[stream])

    assert not place.delivered


def test_an_empty_cell_says_nothing(sent: Bulk, place: Place, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(
        "to,from,cc,subject,text,headers,tags,attachments,expires_at\n"
        "a@example.net,Desk <ada@example.org>,,,Hi,,,,\n"
    )

    result = sent(path, reply_to="desk@example.org")
    nulls = sent([{"to": "b@example.net", "text": "Hi", "cc": None, "headers": None}])

    assert (result.sent, nulls.sent) == (1, 1)
    first = Message.from_bytes(place.delivered[0].content)
    assert first.from_ == "Desk <ada@example.org>"
    assert first.reply_to == ("desk@example.org",)


def test_a_row_says_until_when_it_is_of_use(sent: Bulk, place: Place) -> None:
    rows = [
        {"to": "a@example.net", "text": "Hi", "expires_at": "2020-01-01T00:00:00Z"},
        {"to": "b@example.net", "text": "Hi", "expires_at": "tomorrow"},
        {"to": "c@example.net", "text": "Hi", "expires_at": "2030-01-01T00:00:00"},
        {"to": "d@example.net", "text": "Hi", "expires_at": _later().isoformat()},
        {"to": "e@example.net", "text": "Hi", "expires_at": _later()},
    ]

    result = sent(rows)

    told = {one.row: one.error.field for one in result.errors if one.error}
    assert told == {1: "expires", 2: "expires_at", 3: "expires_at"}
    assert result.sent == 2


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def test_a_job_leaves_at_its_time(sent: Bulk, place: Place) -> None:
    at = _later()

    first, again = (sent(PEOPLE, job="later", at=at, **TEXTS) for _ in range(2))

    assert numbers(first) == numbers(again) == (2, 0, 0, 0, 2)
    assert (first.statuses, again.earlier) == ({"ready": 2}, 2)
    assert not place.delivered


@pytest.mark.parametrize(
    "options",
    [{"at": datetime(2030, 1, 1)}, {"at": "now"}, {"workspace": None}],  # noqa: DTZ001 - the mistake
)
def test_a_time_that_cannot_be_kept_is_refused(
    sent: Bulk, options: dict[str, Any]
) -> None:
    with pytest.raises(FieldError) as caught:
        sent(PEOPLE, **({"at": _later()} | options), **TEXTS)

    assert caught.value.field == "at"


def test_few_rows_that_are_long_are_in_memory_at_once() -> None:
    read = 0
    long = {"to": "a@example.net", "text": "Hi"}
    long["attachments"] = [{"name": "a", "content": "A" * (MOST_CHARACTERS // 2)}]  # type: ignore[assignment]

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal read
        for _ in range(8):
            read += 1
            yield long

    groups = Mails(rows(), fields={}, key="", account="").groups()
    (first, *_) = next(groups)

    assert read == 2
    assert first.fields is not None
    kept = first.without_files(keeps_item=False)
    assert (kept.item, kept.addresses) == (None, ("a@example.net",))
    assert kept.fields is not None
    assert kept.fields.attachments == ()
