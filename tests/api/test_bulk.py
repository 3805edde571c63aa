"""``bulk``: many mails, each to its own recipients, counted row by row."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Place
from tests.faults.server import MailServer
from tuimail.api.account import Account
from tuimail.api.bulk import abulk, bulk
from tuimail.api.bulk_result import BulkResult, RowResult
from tuimail.api.message import Attachment, Message
from tuimail.api.template import Template
from tuimail.api.workspace import Workspace
from tuimail.errors import (
    ConfigurationError,
    FieldError,
    KeyConflictError,
    TemplateError,
    TuimailError,
    UsageError,
)
from tuimail.testing.acts import Close, Say

PEOPLE = [
    {"email": "ada@example.net", "name": "Ada"},
    {"email": "bob@example.net", "name": "Bob"},
]
TEXTS: dict[str, Any] = {"subject": "Hi {{ name }}", "text": "Dear {{ name }}\n"}


Bulk = Callable[..., BulkResult]


def read(place: Place) -> list[tuple[tuple[str, ...], Message]]:
    """Return whom each mail was for, and what it says."""
    found = [(one.recipients, one.content) for one in place.delivered]
    return sorted(
        ((tuple(to), Message.from_bytes(content)) for to, content in found),
        key=lambda one: one[0],
    )


def numbers(result: BulkResult) -> tuple[int, int, int, int, int]:
    assert result.sent + result.failed + result.unknown + result.waiting == result.total
    return (
        result.total,
        result.sent,
        result.failed,
        result.unknown,
        result.waiting,
    )


def test_data_is_for_its_own_recipient_who_alone_is_named(
    sent: Bulk, place: Place
) -> None:
    result = sent(iter(PEOPLE), **TEXTS)

    found = read(place)
    assert numbers(result) == (2, 2, 0, 0, 0)
    assert result.is_success
    assert [to for to, _ in found] == [("ada@example.net",), ("bob@example.net",)]
    assert [one.to for _, one in found] == [
        ("ada@example.net",),
        ("bob@example.net",),
    ]
    assert [(one.subject, one.text) for _, one in found] == [
        ("Hi Ada", "Dear Ada\n"),
        ("Hi Bob", "Dear Bob\n"),
    ]


def test_messages_are_sent_as_they_are_with_what_all_share(
    sent: Bulk, place: Place
) -> None:
    messages = [
        Message(to="Ada <ada@example.net>", bcc="zoe@example.net", text="One.\n"),
        Message(to="bob@example.net", text="{{ two }}\n", data={"two": "Two."}),
    ]

    result = sent(messages, reply_to="desk@example.org", data={"two": "No."})

    (ada, one), (bob, two) = read(place)
    assert numbers(result) == (2, 2, 0, 0, 0)
    assert (ada, bob) == (("ada@example.net", "zoe@example.net"), ("bob@example.net",))
    assert (one.text, two.text) == ("One.\n", "Two.\n")
    assert one.reply_to == ("desk@example.org",)
    assert [set(one.recipients) for one in result.results] == [set(ada), set(bob)]


def test_mappings_are_messages_where_no_text_is_given_for_all(
    sent: Bulk, place: Place
) -> None:
    rows = [
        {"id": 1, "to": ["ada@example.net"], "text": "{{ one }}\n"},
        {"id": 2, "to": "bob@example.net", "txt": "Two"},
    ]

    result = sent(rows, key="id", job="notes")

    ((_, one),) = read(place)
    (error,) = result.errors
    assert one.text == "{{ one }}\n"
    assert (error.row, error.result.error is not None) == (2, True)
    assert "'txt' is no field of a message." in str(error.error)


def test_a_template_takes_the_rows_of_a_file(
    sent: Bulk, place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email;name\nada@example.net;Ada\nbob@example.net;Bob\n")
    template = Template(subject="To {{ name }}", text="{{ greeting }} {{ name }}\n")

    result = sent(path, template=template, data={"greeting": "Hello"})

    assert numbers(result) == (2, 2, 0, 0, 0)
    assert [one.text for _, one in read(place)] == ["Hello Ada\n", "Hello Bob\n"]


def test_a_pipe_is_a_file_of_rows_too(sent: Bulk, place: Place) -> None:
    reading, writing = os.pipe()
    os.write(writing, b'{"to": "ada@example.net", "text": "Hi"}\n')
    os.close(writing)

    result = sent(f"/dev/fd/{reading}")

    os.close(reading)
    assert numbers(result) == (1, 1, 0, 0, 0)
    assert len(place.delivered) == 1


def test_one_that_fails_is_told_with_its_row_and_hides_no_other(
    sent: Bulk, place: Place
) -> None:
    rows = [
        {"to": ["ada@example.net", "gone@example.net"], "text": "Partly"},
        {"to": "gone@example.net", "text": "Not"},
        {"to": "silent@example.net", "text": "Who knows"},
        {"to": "slow@example.net", "text": "Later"},
        {"to": "nobody", "text": "Never"},
        {"text": "To none"},
        {"to": "bob@example.net", "text": "Yes"},
        17,
    ]

    result = sent(rows)

    told = {one.row: one.result.status for one in result.errors}
    assert numbers(result) == (8, 1, 5, 1, 1)
    assert told == {1: "partial", 2: "error", 3: "unknown"} | dict.fromkeys(
        (5, 6, 8), "error"
    )
    assert result.statuses["deferred"] == 1
    assert result.has_failures
    assert not result.is_success
    partial = next(one.result for one in result.errors if one.row == 1)
    assert (partial.successful, partial.failed) == (
        ("ada@example.net",),
        ("gone@example.net",),
    )


def test_a_blank_without_a_value_is_an_error_of_its_row_only(
    sent: Bulk, place: Place
) -> None:
    rows = [*PEOPLE, {"email": "cid@example.net"}, {"email": {1, 2}, "name": "X"}]

    result = sent(rows, **TEXTS)

    errors = {one.row: one.error for one in result.errors}
    assert numbers(result) == (4, 2, 2, 0, 0)
    assert isinstance(errors[3], TemplateError)
    assert "`name` has no value" in str(errors[3])
    assert "which no template can show" in str(errors[4])


def test_begun_again_a_job_sends_only_what_is_left(sent: Bulk, place: Place) -> None:
    first = sent(PEOPLE, job="march", **TEXTS)

    third = {"email": "cid@example.net", "name": "Cid"}
    again = sent([third, *PEOPLE], job="march", **TEXTS)
    other = sent(PEOPLE[:1], job="april", **TEXTS)

    assert (first.earlier, again.earlier, other.earlier) == (0, 2, 0)
    assert numbers(again) == (3, 3, 0, 0, 0)
    assert [to[0] for to, _ in read(place)] == [
        *("ada@example.net", "ada@example.net", "bob@example.net", "cid@example.net"),
    ]


def test_a_row_that_says_something_else_by_now_is_a_conflict(
    sent: Bulk, place: Place
) -> None:
    sent(PEOPLE, job="march", **TEXTS)

    again = sent(PEOPLE, job="march", subject="Hi {{ name }}", text="Other\n")

    assert numbers(again) == (2, 0, 2, 0, 0)
    assert {type(one.error) for one in again.errors} == {KeyConflictError}
    assert len(place.delivered) == 2


def test_the_same_job_through_another_account_is_a_conflict(
    sent: Bulk, place: Place
) -> None:
    more = f"""
[accounts.home]
provider = "smtp"
address = "ada@home.example"
host = "127.0.0.1"
port = {place.server.port}
tls = "none"
"""
    place.account(more)
    sent(PEOPLE, job="march", **TEXTS)

    again = sent(PEOPLE, job="march", account="home", **TEXTS)

    assert numbers(again) == (2, 0, 2, 0, 0)
    assert {type(one.error) for one in again.errors} == {KeyConflictError}
    assert len(place.delivered) == 2


def test_rows_for_the_same_recipient_are_told_apart(sent: Bulk, place: Place) -> None:
    rows = [{"to": "ada@example.net", "text": text} for text in ("One", "Two", "One")]

    first, again = sent(rows, job="notes"), sent(rows, job="notes")

    assert (first.earlier, again.earlier, again.sent) == (0, 3, 3)
    assert len(place.delivered) == 3


@pytest.mark.parametrize("key", ["id", lambda item: str(item["id"])])
def test_rows_are_known_by_a_name_of_their_own(
    sent: Bulk, place: Place, key: Any
) -> None:
    rows = [{"id": one, **PEOPLE[0]} for one in ("a", "b", "a", "")]

    result = sent(rows, job="notes", key=key, **TEXTS)

    told = {one.row: str(one.error) for one in result.errors}
    assert numbers(result) == (4, 2, 2, 0, 0)
    assert told[3] == "Another row has the name 'a', too."
    assert told[4] == "The row's name is empty or has over 1000 characters."


def test_a_message_has_no_column(sent: Bulk) -> None:
    result = sent([Message(to="ada@example.net", text="Hi")], job="notes", key="id")

    (error,) = result.errors
    assert isinstance(error.error, UsageError)


def test_callbacks_hear_of_each_row_and_what_they_raise_changes_nothing(
    sent: Bulk, place: Place
) -> None:
    heard: list[RowResult] = []

    def hear(one: RowResult) -> None:
        heard.append(one)
        raise LookupError(one.row)

    rows = [*PEOPLE, {"email": "gone@example.net", "name": "Gone"}]
    result = sent(rows, job="march", on_success=hear, on_error=hear, **TEXTS)
    again = sent(rows[:1], job="march", on_success=hear, **TEXTS)

    assert numbers(result) == (3, 2, 1, 0, 0)
    assert [str(one) for one in result.callback_errors] == ["1", "2", "3"]
    assert {one.row: one.item for one in heard[:3]} == dict(enumerate(rows, start=1))
    assert [one.key for one in heard[:2]] == ["ada@example.net", "bob@example.net"]
    assert heard[0].result.recipients["ada@example.net"].code == 250
    assert heard[0].result.message_id.endswith("@example.org>")
    assert (heard[3].is_earlier, again.earlier) == (True, 1)


def test_where_the_account_wants_review_the_rows_wait_for_it(
    sent: Bulk, place: Place
) -> None:
    place.account('noninteractive_send = "review"')

    result = sent(PEOPLE, **TEXTS)

    assert numbers(result) == (2, 0, 0, 0, 2)
    assert result.statuses == {"review": 2}
    assert not place.delivered


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"account": "none"}, ConfigurationError),
        ({"max_per_second": 0}, FieldError),
        ({"max_per_second": float("nan")}, FieldError),
        ({"wait": -1}, FieldError),
        ({"job": " "}, FieldError),
        ({"job": "march", "workspace": None}, FieldError),
        ({"template": Template(text="{% if %}")}, TemplateError),
        ({"account": Account(address="ada@example.org")}, ConfigurationError),
    ],
)
def test_what_stops_all_is_raised_or_told_before_anything_is_sent(
    sent: Bulk, place: Place, options: dict[str, Any], kind: type[TuimailError]
) -> None:
    fields = {} if "template" in options else TEXTS

    with pytest.raises(kind):
        sent(PEOPLE, **fields, **options)
    silent = sent(PEOPLE, fail_silently=True, **fields, **options)

    assert isinstance(silent.error, kind)
    assert silent.has_failures
    assert not silent.is_success
    assert not place.delivered


def test_a_result_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="is_success"):
        bool(BulkResult())


@pytest.fixture
def dropping(place: Place) -> Iterator[MailServer]:
    """A server that hangs up after the second message; the account leads to it."""
    script = {"end-of-data:2": (Say("250 2.0.0 ok: queued"), Close())}
    with MailServer(script) as server:
        place.account("connections = 1", port=server.port)
        yield server


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_dropped_connection_is_replaced_and_the_others_are_delivered_once(
    sent: Bulk, dropping: MailServer, *, is_stored: bool
) -> None:
    """Peers: the line dropped after message 2 of 5."""
    rows = [{"to": f"r{one}@example.net", "text": "Hi"} for one in range(5)]
    options = {} if is_stored else {"workspace": None, "account": "work"}

    result = sent(iter(rows), **options)

    assert numbers(result) == (5, 5, 0, 0, 0)
    got = sorted(one.recipients[0] for one in dropping.accepted)
    assert got == [f"r{one}@example.net" for one in range(5)]
    assert dropping.connections >= 2


def test_without_a_workspace_nothing_is_stored_and_all_is_counted(
    place: Place, sent: Bulk
) -> None:
    rows = [
        {"to": "ada@example.net", "text": "Yes", "attachments": []},
        {"to": "gone@example.net", "text": "No"},
        {"to": "silent@example.net", "text": "Who knows"},
        {"to": "nobody", "text": "Never"},
        {"txt": "Never"},
    ]

    result = sent(rows, workspace=None)

    assert numbers(result) == (5, 1, 3, 1, 0)
    assert len(list(result.results)) == 4
    assert not place.root.exists()


async def test_the_loop_goes_on_meanwhile_and_callbacks_are_called_in_it(
    place: Place, workspace: Workspace
) -> None:
    loop, heard, ticks = asyncio.get_running_loop(), list[int](), 0

    async def hear(one: RowResult) -> None:
        assert asyncio.get_running_loop() is loop
        heard.append(one.row)
        await asyncio.sleep(0)

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    ticking = asyncio.create_task(tick())
    result = await abulk(
        PEOPLE,
        workspace=workspace,
        on_success=hear,
        on_error=lambda one: heard.append(-one.row),
        progress=False,
        **TEXTS,
    )
    ticking.cancel()

    assert numbers(result) == (2, 2, 0, 0, 0)
    assert sorted(heard) == [1, 2]
    assert ticks > 3


async def test_cancelled_it_hands_nothing_more_over(
    place: Place, workspace: Workspace
) -> None:
    begun = asyncio.Event()

    def rows() -> Iterator[dict[str, str]]:
        for one in range(1_000):
            yield {"to": f"r{one}@example.net", "text": "Hi"}

    running = asyncio.create_task(
        abulk(
            rows(),
            workspace=workspace,
            job="many",
            max_per_second=10,
            on_success=lambda _one: begun.set(),
            progress=False,
        )
    )
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert 0 < len(list(workspace.list())) < 10


def test_what_is_wrong_with_one_mail_does_not_stop_the_others(
    sent: Bulk, place: Place, workspace: Workspace
) -> None:
    """Not even where it is the first, and nothing was sent before."""
    unwanted = "ada@example.net"
    workspace.do(lambda opened: opened.suppressions.add(unwanted, reason="")).result()
    rows = [
        {"to": unwanted, "text": "Unwanted"},
        {"to": "bob@example.net", "text": "Hi", "from_": "x@elsewhere.example"},
        {"to": "cid@example.net", "text": "Fine"},
    ]

    first = sent(rows[:1])
    result = sent(rows)

    codes = {one.row: one.error.code if one.error else "" for one in result.errors}
    assert codes == {1: "suppressed", 2: "field"}
    assert numbers(first) == (1, 0, 1, 0, 0)
    assert numbers(result) == (3, 1, 2, 0, 0)
    assert [one.recipients[0] for one in place.delivered] == ["cid@example.net"]


def test_a_blind_copy_is_not_named_by_the_name_of_its_row(sent: Bulk) -> None:
    rows = [
        {"to": "gone@example.net", "bcc": "zoe@example.net", "text": "One"},
        {"to": "gone@example.net", "bcc": "yan@example.net", "text": "Two"},
    ]

    first, again = sent(rows, job="news"), sent(rows[::-1], job="news")

    keys = {one.key for one in first.errors}
    assert len(keys) == 2
    assert all(one.startswith("gone@example.net +") for one in keys)
    assert again.earlier == 2
    assert {one.key for one in again.errors} == keys


def test_without_a_workspace_files_and_blanks_go_along(place: Place) -> None:
    result = bulk(
        [{"email": "ada@example.net", "name": "Ada"}],
        subject="Hi {{ name }}",
        text="It is attached.\n",
        attachments=[Attachment(source=b"data", name="{{ name }}.txt"), __file__],
        workspace=None,
        progress=True,
    )

    (mail,) = read(place)
    assert result.sent == 1
    assert mail[1].subject == "Hi Ada"
    names = [one.name for one in mail[1].attachments if isinstance(one, Attachment)]
    assert names == ["Ada.txt", "test_bulk.py"]


def test_a_row_may_be_for_several_who_all_see_each_other(
    sent: Bulk, place: Place
) -> None:
    rows = [
        {"email": ["ada@example.net", "Bob <bob@example.net>"]},
        {"to": "", "email": "cid@example.net, dan@example.net"},
    ]

    result = sent(rows, text="Hi")

    assert result.sent == 2
    assert [to for to, _ in read(place)] == [
        ("ada@example.net", "bob@example.net"),
        ("cid@example.net", "dan@example.net"),
    ]
