import asyncio
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail.api.result import Result
from tuimail.api.workspace import Workspace
from tuimail.errors import (
    AddressError,
    ConfigurationError,
    FieldError,
    KeyConflictError,
    NotAllowedError,
    NotComposableError,
    NotFoundError,
    NotSentError,
    TransitionError,
)

BOB = "bob@example.net"
LATER = datetime.now(UTC) + timedelta(days=1)


def test_a_mail_is_sent_and_each_recipient_has_an_answer(place: Place) -> None:
    result = tuimail.send(
        to="Bob B <Bob@example.net>, c@example.net",
        bcc="blind@example.net",
        subject="Hi",
        text="Hello",
    )

    assert result.is_success
    assert (result.status, result.account, result.provider) == ("sent", "work", "smtp")
    assert result.successful == (
        "Bob@example.net",
        "c@example.net",
        "blind@example.net",
    )
    assert result.recipients["Bob@example.net"].code == 250
    assert place.delivered[0].recipients == result.successful
    assert place.read.to == ("Bob B <Bob@example.net>", "c@example.net")
    assert result.message_id.encode() in place.delivered[0].content
    assert b"blind" not in place.delivered[0].content


def test_the_record_is_that_of_show_and_names_no_blind_copy(
    workspace: Workspace,
) -> None:
    result = workspace.send(to=BOB, bcc="blind@example.net", subject="Hi", text="Hi")

    assert result.raw["id"] == result.id
    assert result.raw["subject"] == "Hi"
    assert "blind" not in str(result.raw) + repr(result)
    assert tuple(workspace.get(result.id).recipients) == (BOB,)
    assert "blind@example.net" in workspace.get(result.id, with_bcc=True).recipients


def test_250_550_and_451_are_three_results(workspace: Workspace) -> None:
    result = workspace.send(
        to=[BOB, "gone@example.net", "slow@example.net"], subject="Hi", text="Hi"
    )

    states = {name: one.status for name, one in result.recipients.items()}
    assert states == {
        BOB: "sent", "gone@example.net": "invalid", "slow@example.net": "deferred",
    }  # fmt: skip
    assert result.status == "deferred"
    assert result.is_waiting
    assert result.failed == ("gone@example.net",)
    assert result.recipients["gone@example.net"].code == 550
    assert not result.is_success


def test_a_mail_that_is_refused_for_good_is_a_value(workspace: Workspace) -> None:
    result = workspace.send(to="gone@example.net", subject="Hi", text="Hi")

    assert result.status == "error"
    assert isinstance(result.error, NotSentError)
    assert (result.error.code, result.failed) == ("not-sent", ("gone@example.net",))
    assert f"tuimail show {result.id}" in result.error.hint
    assert "550" in result.recipients["gone@example.net"].error


def test_a_mail_whose_fate_is_unknown_is_never_sent_again_by_itself(
    workspace: Workspace,
) -> None:
    said = {"to": "silent@example.net", "subject": "Hi", "text": "Hi"}

    first = workspace.send(idempotency_key="once", **said)  # type: ignore[arg-type]
    again = workspace.send(idempotency_key="once", **said)  # type: ignore[arg-type]

    assert first.is_unknown
    assert not first.has_failures
    assert first.unknown == ("silent@example.net",)
    assert isinstance(first.error, NotSentError)
    assert "tuimail resolve" in first.error.hint
    assert (again.id, again.status) == (first.id, "unknown")


def test_fields_take_the_place_of_those_of_the_message(
    workspace: Workspace, place: Place
) -> None:
    message = tuimail.Message(to="other@example.net", subject="Old", text="Text")

    workspace.send(message, to=BOB, subject="New")

    assert place.delivered[0].recipients == (BOB,)
    assert place.read.subject == "New"


def test_files_go_along_from_disk_and_from_memory(
    workspace: Workspace, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("on disk")

    workspace.send(
        to=BOB,
        subject="Files",
        html='<img src="cid:logo">',
        attachments=[
            tmp_path / "a.txt",
            tuimail.Attachment(source=b"in memory", name="ü;'.bin"),
            tuimail.Attachment(source=b"png", name="l.png", content_id="logo"),
        ],
    )

    assert place.read.attachments == (
        tuimail.Attachment(source=b"png", name="l.png", content_type="image/png",
                           content_id="logo"),
        tuimail.Attachment(source=b"on disk", name="a.txt", content_type="text/plain"),
        tuimail.Attachment(source=b"in memory", name="ü;'.bin",
                           content_type="application/octet-stream"),
    )  # fmt: skip


def test_a_dry_run_with_a_key_then_a_send_with_it_sends(
    workspace: Workspace, place: Place
) -> None:
    dry = workspace.send(
        to=BOB, subject="Hi", text="Hi", idempotency_key="k", dry_run=True
    )
    real = workspace.send(to=BOB, subject="Hi", text="Hi", idempotency_key="k")

    assert (dry.status, dry.is_success) == ("dry_run", True)
    assert real.is_success
    assert len(place.delivered) == 1


def test_the_same_key_for_something_else_is_a_conflict(workspace: Workspace) -> None:
    workspace.send(to=BOB, subject="Hi", text="Hi", idempotency_key="k")

    with pytest.raises(KeyConflictError):
        workspace.send(to=BOB, subject="Other", text="Hi", idempotency_key="k")


def test_many_threads_with_one_key_deliver_once(
    workspace: Workspace, place: Place
) -> None:
    def send(_number: int) -> Result:
        return workspace.send(to=BOB, subject="Hi", text="Hi", idempotency_key="k")

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(send, range(6)))

    assert {one.status for one in results} == {"sent"}
    assert len({one.id for one in results}) == 1
    assert len(place.delivered) == 1


def test_threads_share_the_workspace_and_every_mail_arrives_once(place: Place) -> None:
    def send(number: int) -> bool:
        return tuimail.send(to=BOB, subject=f"No. {number}", text="Hi").is_success

    with ThreadPoolExecutor(5) as pool:
        assert all(pool.map(send, range(15)))

    subjects = Counter(tuimail.Message.from_bytes(one.content).subject
                       for one in place.delivered)  # fmt: skip
    assert subjects == {f"No. {number}": 1 for number in range(15)}


async def test_the_loop_goes_on_while_mails_are_sent(place: Place) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    results = await asyncio.gather(
        *(tuimail.asend(to=BOB, subject=f"{at}", text="Hi") for at in range(5))
    )
    ticking.cancel()

    assert all(one.is_success for one in results)
    assert len(place.delivered) == 5
    assert ticks > 5


async def test_templates_are_filled_in_beside_the_loop(place: Place) -> None:
    result = await tuimail.asend(
        to=BOB, subject="{{ n }}", text="Hi", data={"n": "Zoë"}
    )

    assert result.raw["subject"] == "Zoë"


async def test_what_was_cancelled_before_it_began_is_not_stored(
    workspace: Workspace,
) -> None:
    go_on = threading.Event()
    busy = workspace.do(lambda _: go_on.wait(10))

    sending = asyncio.create_task(workspace.asend(to=BOB, subject="Hi", text="Hi"))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    go_on.set()

    assert busy.result()
    assert list(workspace.list()) == []


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"to": "bob"}, AddressError, "to"),
    ({"to": ""}, NotComposableError, "to"),
    ({"to": BOB, "subject": "Hi\r\nBcc: x@example.net"}, FieldError, "subject"),
    ({"to": BOB, "headers": {"Bcc": "x@example.net"}}, FieldError, "header"),
    ({"to": BOB, "account": "other"}, ConfigurationError, "account"),
    ({"to": BOB, "from_": "eve@example.com"}, FieldError, "from"),
    ({"to": BOB, "idempotency_key": "ü"}, FieldError, "idempotency-key"),
    ({"to": BOB, "wait": -1}, FieldError, "wait"),
    ({"to": BOB, "wait": float("nan")}, FieldError, "wait"),
    ({"to": BOB, "at": datetime(2030, 1, 1)}, FieldError, "at"),  # noqa: DTZ001
    ({"to": BOB, "attachments": ["missing.pdf"]}, FieldError, "attach"),
]


@pytest.mark.parametrize(("said", "kind", "field"), REFUSED)
def test_what_stops_a_mail_is_raised_or_is_the_error_of_a_result(
    workspace: Workspace, said: dict[str, Any], kind: type[Exception], field: str
) -> None:
    with pytest.raises(kind) as raised:
        workspace.send(text="Hi", **said)
    result = workspace.send(text="Hi", fail_silently=True, **said)

    assert isinstance(raised.value, tuimail.TuimailError)
    assert raised.value.field == field
    assert raised.value.hint
    assert isinstance(result.error, kind)
    assert result.failed == tuple(result.recipients)
    assert (result.status, result.is_success) == ("error", False)
    assert list(workspace.list()) == []


@pytest.mark.parametrize("home", [{}, {"workspace": None}], ids=["stored", "direct"])
@pytest.mark.parametrize(
    "end",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5))),
    ],
)
def test_an_end_that_no_calendar_has_in_utc_is_refused(
    place: Place, home: dict[str, Any], end: datetime
) -> None:
    with pytest.raises(FieldError) as refused:
        tuimail.send(to=BOB, text="Hi", expires_at=end, **home)

    assert refused.value.field == "expires-at"


@pytest.mark.parametrize("home", [{}, {"workspace": None}], ids=["stored", "direct"])
def test_what_a_whole_message_could_not_say_is_among_the_findings(
    place: Place, home: dict[str, Any]
) -> None:
    message = tuimail.Message.from_bytes(
        b"To: bob@example.net\r\nSubject: Hi\r\nReceived: from x\r\n\r\nHi\r\n"
    )

    result = tuimail.send(message, **home)

    assert result.is_success
    assert "mime.header-left-out" in [one.code for one in result.findings]


def test_a_finding_of_level_block_stops_mail_of_ones_own_only_where_nothing_keeps_it(
    place: Place,
) -> None:
    program = tuimail.Attachment(source=b"MZ", name="setup.exe")
    message = tuimail.Message(to=BOB, text="Hi", attachments=[program])

    kept = tuimail.send(message)
    with pytest.raises(NotAllowedError) as refused:
        tuimail.send(message, workspace=None)

    assert kept.status == "sent"
    assert kept.findings[0].code == "att.dangerous-type"
    assert kept.findings[0].severity == "block"
    assert refused.value.field == "attach"
    assert len(place.delivered) == 1


def test_silently_every_recipient_is_listed_as_failed(place: Place) -> None:
    result = tuimail.send(
        to="Bob <bob@example.net>, broken", cc=BOB, text="Hi", fail_silently=True
    )

    assert result.failed == (BOB, "broken")


def test_silently_a_workspace_that_cannot_be_opened_is_an_error_too(
    place: Place,
) -> None:
    place.config.write_text("default_account = 3\n")

    result = tuimail.send(to=BOB, text="Hi", fail_silently=True)

    assert isinstance(result.error, ConfigurationError)


async def test_every_way_to_ask_can_be_silent(
    workspace: Workspace, place: Place
) -> None:
    said: dict[str, Any] = {"to": "bob", "text": "Hi", "fail_silently": True}

    results = [
        tuimail.send(**said),
        await tuimail.asend(**said),
        tuimail.submit(**said),
        await tuimail.asubmit(**said),
        workspace.send(**said),
        await workspace.asend(**said),
        workspace.submit(**said),
        await workspace.asubmit(**said),
    ]

    assert {type(one.error) for one in results} == {AddressError}
    assert {one.failed for one in results} == {("bob",)}


async def test_without_a_workspace_nothing_is_stored(place: Place) -> None:
    results = [
        tuimail.send(to=BOB, subject="Hi", text="Hi", workspace=None),
        await tuimail.asend(to=BOB, subject="Hi", text="Hi", workspace=None),
    ]

    assert [one.status for one in results] == ["sent", "sent"]
    assert len(place.delivered) == 2
    assert not place.root.exists()


async def test_a_draft_is_handed_in_to_the_workspace_found_here(place: Place) -> None:
    result = await tuimail.asubmit(to=BOB, subject="Hi", text="Hi")

    assert tuimail.Workspace().get(result.id).status == "review"


async def test_a_workspace_sends_many_and_looks_at_its_accounts(
    workspace: Workspace,
) -> None:
    rows = [{"to": BOB, "subject": "Hi", "text": "Hi"}]

    done = [
        workspace.bulk(rows, progress=False),
        await workspace.abulk(rows, progress=False),
    ]
    checked = [workspace.check("work"), await workspace.acheck()]

    assert [(one.sent, one.total) for one in done] == [(1, 1), (1, 1)]
    assert all(one.ok for one in checked)


def test_an_account_of_the_settings_is_known_to_the_workspace(place: Place) -> None:
    account = tuimail.Account.named("work")

    result = tuimail.send(
        to=BOB, subject="Hi", text="Hi", account=account, dry_run=True
    )

    assert result.account == "work"


def test_an_account_of_the_program_is_not_known_to_a_workspace(place: Place) -> None:
    account = tuimail.Account(host="127.0.0.1", address="ada@example.org")

    with pytest.raises(ConfigurationError, match="knows by name") as refused:
        tuimail.send(to=BOB, subject="Hi", text="Hi", account=account)

    assert "workspace=None" in refused.value.hint


def test_what_is_no_error_of_ours_is_never_silent(workspace: Workspace) -> None:
    wrong: Any = {"too": BOB}

    with pytest.raises(TypeError):
        workspace.send(fail_silently=True, **wrong)


def test_what_is_to_leave_later_is_not_waited_for(
    workspace: Workspace, place: Place
) -> None:
    result = workspace.send(to=BOB, subject="Hi", text="Hi", at=LATER)

    assert (result.status, result.is_waiting) == ("ready", True)
    assert place.delivered == ()


def test_without_waiting_it_is_left_to_whoever_sends(
    workspace: Workspace, place: Place
) -> None:
    result = workspace.send(to=BOB, subject="Hi", text="Hi", wait=0)

    assert result.status == "ready"
    assert workspace.wait(result.id, 0).status == "ready"
    assert place.delivered == ()


def test_a_block_of_sending_sends_what_nobody_waits_for(
    workspace: Workspace, place: Place
) -> None:
    result = workspace.send(to=BOB, subject="Hi", text="Hi", wait=0)

    with workspace.sending():
        assert workspace.wait(result.id).is_success

    assert len(place.delivered) == 1


def test_a_mail_goes_to_review_where_the_account_wants_that(place: Place) -> None:
    place.account('noninteractive_send = "review"')

    result = tuimail.send(to=BOB, subject="Hi", text="Hi")

    assert (result.status, result.is_waiting) == ("review", True)
    assert place.delivered == ()


def test_a_mail_is_stopped_where_the_account_wants_that(place: Place) -> None:
    place.account('noninteractive_send = "block"')

    with pytest.raises(NotAllowedError):
        tuimail.send(to=BOB, subject="Hi", text="Hi")


def test_what_an_agent_hands_in_waits_for_a_person(place: Place) -> None:
    result = tuimail.submit(
        to=BOB, subject="Hi", text="Hi", actor="agent:billing", note="Look at it"
    )

    assert (result.status, result.is_success) == ("review", True)
    assert result.raw["origin"] == {
        "actor": "agent:billing", "door": "api", "note": "Look at it",
        "run_url": "", "revises": "",
    }  # fmt: skip
    assert place.delivered == ()


@pytest.mark.parametrize("revises", ["06h", "06h00000000000zz"])
def test_what_is_to_be_revised_and_is_not_there_is_named(
    workspace: Workspace, revises: str
) -> None:
    with pytest.raises(tuimail.TuimailError) as refused:
        workspace.submit(to=BOB, text="Hi", revises=revises)

    assert refused.value.field == "revises"
    assert list(workspace.list()) == []


def test_nothing_here_lets_somebody_elses_draft_leave(workspace: Workspace) -> None:
    """The owner's program may send its own mail; a draft waits for a person."""
    result = workspace.submit(to=BOB, subject="Hi", text="Hi", actor="agent:billing")

    with pytest.raises(TransitionError):
        workspace.retry(result.id)
    with pytest.raises(NotAllowedError):
        workspace.do(lambda opened: opened.outbox.send(result.id, revision=1)).result()
    with pytest.raises(NotAllowedError):
        workspace.do(lambda opened: opened.reviews.approve(result.id, revision=1)
                     ).result()  # fmt: skip
    assert workspace.get(result.id).status == "review"


async def test_a_mail_takes_the_place_of_an_earlier_one(workspace: Workspace) -> None:
    first = await workspace.asubmit(to=BOB, subject="A", text="Hi", actor="agent:b")

    second = await workspace.asubmit(
        to=BOB, subject="B", text="Hi", actor="agent:b", revises=first.id
    )

    assert second.raw["origin"]["revises"] == first.id  # type: ignore[index]


@pytest.mark.parametrize(
    "actor", ["billing", "agent:", "person:eve", "agent:" + "x" * 65]
)
def test_only_an_agent_with_a_name_hands_in_for_itself(
    actor: str, workspace: Workspace
) -> None:
    with pytest.raises(FieldError) as refused:
        workspace.submit(to=BOB, subject="Hi", text="Hi", actor=actor)

    assert refused.value.field == "actor"


async def test_a_decision_is_waited_for(workspace: Workspace) -> None:
    handed_in = await workspace.asubmit(to=BOB, subject="Hi", text="Hi", wait=0)
    waiting = asyncio.create_task(workspace.await_(handed_in.id, 10))

    await asyncio.wrap_future(
        workspace.do(lambda opened: opened.drafts.discard(handed_in.id))
    )

    assert (await waiting).status == "discarded"


def test_what_nobody_decided_in_time_is_still_in_review(workspace: Workspace) -> None:
    result = workspace.submit(to=BOB, subject="Hi", text="Hi", wait=0.05)

    assert result.status == "review"


@pytest.mark.parametrize("field", ["idempotency_key", "at"])
def test_without_a_workspace_nothing_can_be_remembered(field: str) -> None:
    wrong: Any = {"idempotency_key": "k", "at": LATER}

    with pytest.raises(FieldError, match="needs a workspace"):
        tuimail.send(to=BOB, text="Hi", workspace=None, **{field: wrong[field]})


def test_a_mail_that_there_is_not_is_not_found(workspace: Workspace) -> None:
    for ask in (workspace.get, workspace.retry, workspace.cancel, workspace.wait):
        with pytest.raises(NotFoundError):
            ask("00000000")
