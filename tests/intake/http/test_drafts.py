"""Our own requests: handed in, asked for, revised, thrown away."""

import asyncio
import base64
import os
from datetime import timedelta
from typing import Any

import pytest

from tests.intake.http.conftest import (
    MAIL,
    SENDER,
    Answered,
    Shop,
    Web,
    in_process,
    turns,
)
from tuimail.errors import (
    DamagedWorkspaceError,
    FullDiskError,
    ReadOnlyWorkspaceError,
    WorkspaceBusyError,
)
from tuimail.intake.http.brakes import Places
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.store.database import Database
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace

ANSWER = {
    "id", "revision", "state", "decision", "findings", "edited", "resubmit",
    "duplicate_of",
}  # fmt: skip


async def handed_in(web: Web, **changes: Any) -> str:
    answer = await web("POST", "/v1/drafts", {**MAIL, **changes})
    assert answer.status == 201, answer
    found: str = answer.json["id"]
    return found


def page_of(shop: Shop, draft_id: str) -> Any:
    with shop.open() as workspace:
        return workspace.drafts.page(draft_id)


# Handing in ----------------------------------------------------------------------


async def test_a_mail_waits_for_a_person_and_is_of_whose_token_it_was(
    web: Web, shop: Shop
) -> None:
    answer = await web("POST", "/v1/drafts", MAIL)

    assert answer.status == 201
    assert set(answer.json) == ANSWER
    assert (answer.json["state"], answer.json["resubmit"]) == ("review", "no")
    assert answer.headers["location"] == f"/v1/drafts/{answer.json['id']}"
    origin = page_of(shop, answer.json["id"]).row.origin
    assert (origin.actor, origin.door) == ("agent:ci", "http")


async def test_all_that_a_mail_may_have_is_kept(web: Web, shop: Shop) -> None:
    draft_id = await handed_in(
        web,
        cc=["Cy <cy@partner.example>"],
        bcc=["dee@corp.example"],
        reply_to=["help@corp.example"],
        html="<p>t</p>",
        headers={"X-Build": "17"},
        metadata={"order": "7"},
        merge={"name": "Bob"},
        attachments=[{"name": "a.txt", "content": base64.b64encode(b"hello").decode()}],
        note="The build is red.",
        run_url="https://ci.example.org/17",
    )

    page = page_of(shop, draft_id)
    draft, origin = page.draft, page.row.origin
    assert [one.text for one in draft.recipients] == [
        "bob@partner.example", "cy@partner.example", "dee@corp.example",
    ]  # fmt: skip
    assert draft.sender.text == SENDER
    assert [(one.name, one.size_bytes) for one in draft.attachments] == [("a.txt", 5)]
    assert draft.headers == (("X-Build", "17"),)
    assert dict(draft.service.merge) == {"name": "Bob"}
    assert (origin.note, origin.run_url) == (
        "The build is red.", "https://ci.example.org/17",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "bob@partner.example"}, "to"),
        ({"to": ["nobody"]}, "to"),
        ({"to": [1]}, "to[0]"),
        ({"to": []}, "to"),
        ({"subject": "a\nBcc: x@evil.example"}, "subject"),
        ({"recipient": "x"}, "recipient"),
        ({"approve": True}, "approve"),
        ({"from": "boss@corp.example"}, "from"),
        ({"headers": {"Bcc": "x@evil.example"}}, "header"),
        ({"attachments": [{"path": "/etc/passwd"}]}, "attachments"),
        ({"attachments": [{"url": "http://127.0.0.1/"}]}, "attachments[0].url"),
        ({"attachments": [{"content": "%%%"}]}, "attachments[0].content"),
        ({"account": "other"}, "account"),
        ({"send_at": "tomorrow"}, "send_at"),
        ({"send_at": "9999-12-31T23:59:59-23:59"}, "send_at"),
        ({"expires_at": "0001-01-01T00:00:00+23:00"}, "expires_at"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field_and_leaves_nothing(
    web: Web, shop: Shop, changes: dict[str, Any], field: str
) -> None:
    answer = await web("POST", "/v1/drafts", {**MAIL, **changes})

    assert answer.status in {403, 422}, answer
    assert (answer.error["field"], bool(answer.error["hint"])) == (field, True)
    with shop.open() as workspace:
        assert workspace.drafts.rows() == ()


async def test_the_same_key_makes_one_mail_and_another_request_is_refused(
    web: Web,
) -> None:
    key = {"Idempotency-Key": "build-17"}

    first = await web("POST", "/v1/drafts", MAIL, headers=key)
    again = await web("POST", "/v1/drafts", MAIL, headers=key)
    other = await web("POST", "/v1/drafts", {**MAIL, "text": "u"}, headers=key)

    assert (again.status, again.json["id"]) == (201, first.json["id"])
    assert (other.status, other.code) == (409, "key-conflict")


@pytest.mark.parametrize("key", ["a b", "x" * 256, "\u00fc"])
async def test_a_key_that_cannot_be_one_is_refused(web: Web, key: str) -> None:
    header = {"Idempotency-Key": key}

    answer = await web("POST", "/v1/drafts", MAIL, headers=header)

    assert (answer.status, answer.error["field"]) == (422, "idempotency-key")


async def test_an_account_that_is_gone_is_nothing_the_program_can_mend(
    web: Web, shop: Shop
) -> None:
    (shop.folder / "accounts.toml").unlink()

    answer = await web("POST", "/v1/drafts", MAIL)

    assert answer.code == "configuration"
    assert answer.status in {422, 503}


# Asking --------------------------------------------------------------------------


async def test_what_became_of_it_is_told(web: Web, shop: Shop) -> None:
    draft_id = await handed_in(web)
    with shop.open() as workspace:
        workspace.reviews.request_changes(draft_id, revision=1, reason="Say which.")

    answer = await web("GET", f"/v1/drafts/{draft_id}")

    assert answer.status == 200
    assert (answer.json["state"], answer.json["resubmit"]) == ("draft", "revise")
    assert answer.json["decision"]["reason"] == "Say which."


async def test_somebody_elses_mail_is_as_no_mail(web: Web, shop: Shop) -> None:
    draft_id = await handed_in(web)
    other = {"Authorization": f"Bearer {shop.client('other')}"}

    for method, end in (
        ("GET", ""), ("GET", "?wait=60"), ("PUT", ""), ("POST", "/cancel"),
    ):  # fmt: skip
        theirs, none = [
            await web(method, f"/v1/drafts/{one}{end}", MAIL, headers=other)
            for one in (draft_id, "nothing")
        ]

        assert theirs.status == none.status == 404
        assert theirs.body == none.body
    assert (await web("GET", "/v1/drafts", headers=other)).json["drafts"] == []
    assert page_of(shop, draft_id).row.status == "review"


async def test_ones_own_mails_come_by_pages(web: Web) -> None:
    ids = [await handed_in(web, text=str(number)) for number in range(5)]

    first = (await web("GET", "/v1/drafts?limit=3")).json
    second = (await web("GET", f"/v1/drafts?limit=3&before={first['next']}")).json

    found = [one["id"] for one in (*first["drafts"], *second["drafts"])]
    assert (len(first["drafts"]), second["next"]) == (3, "")
    assert found == ids[::-1]


# Waiting for a decision ----------------------------------------------------------


def quick(web: Web) -> Web:
    """Let it look often, so that nobody waits for a test."""
    web.desk.watch._every = timedelta(milliseconds=2)
    return web


async def test_who_waits_is_told_as_soon_as_somebody_decides(
    web: Web, shop: Shop
) -> None:
    draft_id = await handed_in(quick(web))
    asking = asyncio.ensure_future(web("GET", f"/v1/drafts/{draft_id}?wait=60"))
    await turns()
    with shop.open() as workspace:
        workspace.reviews.reject(draft_id, revision=1, reason="No.")

    answer = await asyncio.wait_for(asking, 10)

    assert (answer.json["state"], answer.json["resubmit"]) == ("rejected", "never")


async def test_who_waits_is_told_of_what_this_very_door_did(web: Web) -> None:
    """No other process wrote it, so that no ``data_version`` says so."""
    draft_id = await handed_in(quick(web))
    asking = asyncio.ensure_future(web("GET", f"/v1/drafts/{draft_id}?wait=60"))
    await turns()

    await web("POST", f"/v1/drafts/{draft_id}/cancel")

    assert (await asyncio.wait_for(asking, 10)).json["state"] == "discarded"


async def test_what_was_decided_is_not_waited_for(web: Web) -> None:
    draft_id = await handed_in(web)
    await web("POST", f"/v1/drafts/{draft_id}/cancel")

    asking = web("GET", f"/v1/drafts/{draft_id}?wait=60")

    assert (await asyncio.wait_for(asking, 10)).json["state"] == "discarded"


async def test_time_is_up_without_a_decision(web: Web) -> None:
    draft_id = await handed_in(web)

    answer = await web("GET", f"/v1/drafts/{draft_id}?wait=0")

    assert (answer.status, answer.json["state"]) == (200, "review")


@pytest.mark.parametrize("wait", ["61", "-1", "1.5", "x", ""])
async def test_one_waits_for_a_minute_at_most(web: Web, wait: str) -> None:
    answer = await web("GET", f"/v1/drafts/x?wait={wait}")

    assert (answer.status, answer.error["field"]) == (400, "wait")


async def test_when_the_door_closes_all_who_wait_are_told_how_it_stands(
    web: Web,
) -> None:
    draft_id = await handed_in(quick(web))
    path = f"/v1/drafts/{draft_id}?wait=60"
    asking = [asyncio.ensure_future(web("GET", path)) for _ in range(5)]
    await turns(20)

    web.desk.watch.close()

    answers = await asyncio.wait_for(asyncio.gather(*asking), 10)
    assert {one.json["state"] for one in answers} == {"review"}


async def test_a_token_that_ends_ends_the_wait(web: Web, shop: Shop) -> None:
    draft_id = await handed_in(quick(web))
    asking = asyncio.ensure_future(web("GET", f"/v1/drafts/{draft_id}?wait=60"))
    await turns()
    with shop.open() as workspace:
        workspace.clients.revoke("ci")

    assert (await asyncio.wait_for(asking, 10)).status == 401


async def test_who_goes_is_waited_for_no_more(web: Web) -> None:
    draft_id = await handed_in(quick(web))
    going = asyncio.Event()

    async def receive() -> Any:
        await going.wait()
        return {"type": "http.disconnect"}

    path = f"/v1/drafts/{draft_id}?wait=60"
    asking = asyncio.ensure_future(web("GET", path, receive=receive))
    await turns()
    going.set()

    assert (await asyncio.wait_for(asking, 10)).status == 0


async def test_who_waits_takes_no_place_of_those_who_hand_in(
    shop: Shop, token: str
) -> None:
    """And one client does not take all places to wait, either."""
    other = shop.client("other")
    places: dict[str, Any] = {"places": Places(1), "waiting": Places(2)}
    async with in_process(shop, token, **places) as web:
        path = f"/v1/drafts/{await handed_in(quick(web))}?wait=60"
        first = asyncio.ensure_future(web("GET", path))
        await turns()
        second = await web("GET", path)
        mail = await web("POST", "/v1/drafts", MAIL)
        web.token = other
        theirs = f"/v1/drafts/{await handed_in(web)}?wait=60"
        third = asyncio.ensure_future(web("GET", theirs))
        await turns()
        web.desk.watch.close()
        answers = await asyncio.wait_for(asyncio.gather(first, third), 10)

    assert (second.status, second.code) == (503, "busy")
    assert "wait" in second.error["hint"]
    assert mail.status == 201
    assert [one.status for one in answers] == [200, 200]


# Revising and throwing away ------------------------------------------------------


async def test_what_was_sent_back_is_handed_in_again(web: Web, shop: Shop) -> None:
    draft_id = await handed_in(web)
    with shop.open() as workspace:
        workspace.reviews.request_changes(draft_id, revision=1, reason="Say which.")

    answer = await web("PUT", f"/v1/drafts/{draft_id}", {**MAIL, "text": "This."})

    assert (answer.status, answer.json["revision"]) == (200, 2)
    assert (answer.json["state"], answer.json["decision"]) == ("review", None)
    assert page_of(shop, draft_id).draft.body.text.strip() == "This."


async def test_what_was_rejected_is_not_revised(web: Web, shop: Shop) -> None:
    draft_id = await handed_in(web)
    with shop.open() as workspace:
        workspace.reviews.reject(draft_id, revision=1, reason="No.")

    answer = await web("PUT", f"/v1/drafts/{draft_id}", MAIL)

    assert (answer.status, answer.code) == (403, "not-allowed")
    assert page_of(shop, draft_id).row.status == "rejected"


async def test_ones_own_mail_can_be_thrown_away_once_and_again(web: Web) -> None:
    draft_id = await handed_in(web)
    path = f"/v1/drafts/{draft_id}/cancel"

    answers = [await web("POST", path), await web("POST", path, {})]

    assert [one.status for one in answers] == [200, 200]
    assert [one.json["state"] for one in answers] == ["discarded"] * 2


# A store that cannot ------------------------------------------------------------


class Refusing(Storing):
    """A workspace of which nothing can be had, for a reason."""

    def __init__(self, bridge: Bridge, error: Exception) -> None:
        super().__init__(bridge)
        self._error = error

    async def together(self, function: Any) -> Any:
        raise self._error


async def refusal(shop: Shop, token: str, error: Exception, path: str) -> Answered:
    async with in_process(shop, token) as web, Bridge(shop.served) as bridge:
        storing = Refusing(bridge, error)
        object.__setattr__(web.desk, "storing", storing)
        object.__setattr__(web.desk, "watch", Watch(storing))
        return await web("POST", path, {**MAIL, "from": SENDER})


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (WorkspaceBusyError("It is busy."), "1"),
        (FullDiskError("The disk is full."), "60"),
        (ReadOnlyWorkspaceError("It may only be looked at."), "1"),
        (DamagedWorkspaceError("It is damaged."), "1"),
    ],
)
async def test_a_store_that_cannot_now_says_when_to_come_again(
    shop: Shop, token: str, error: Exception, seconds: str
) -> None:
    ours = await refusal(shop, token, error, "/v1/drafts")
    theirs = await refusal(shop, token, error, "/v1/send")

    assert (ours.status, ours.error["message"]) == (503, str(error))
    assert theirs.status == 503
    assert theirs.json["code"] in {"QUEUE_FULL", "TEMPORARILY_UNAVAILABLE"}
    assert ours.headers["retry-after"] == theirs.headers["retry-after"] == seconds


FULL = os.statvfs_result((1, 1, 10**9, 10**6, 10**6, 9, 9, 9, 0, 255))


async def is_full(web: Web) -> None:
    def fill(workspace: Workspace) -> None:
        workspace._stores.statvfs = lambda _path: FULL

    await web.desk.storing.call(fill)


async def test_while_nothing_can_be_handed_in_it_is_not_healthy(
    web: Web, shop: Shop
) -> None:
    assert (await web("GET", "/healthz")).json["status"] == "ok"
    await is_full(web)

    health, mail = await web("GET", "/healthz"), await web("POST", "/v1/drafts", MAIL)

    assert (health.status, health.code) == (503, "disk-full")
    assert (mail.status, mail.code) == (503, "disk-full")
    for answer in (health, mail):
        assert str(shop.folder) not in answer.body.decode()
        assert "tuimail " not in answer.body.decode()
        assert answer.headers["retry-after"] == "60"


async def test_what_may_only_be_looked_at_is_not_healthy(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "is_read_only", property(lambda _: True))

    health = await web("GET", "/healthz")

    assert (health.status, health.code) == (503, "read-only")
