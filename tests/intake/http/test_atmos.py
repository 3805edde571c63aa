"""``POST /v1/send``, as programs for the Atmos relay ask and are answered."""

from typing import Any

import pytest

from tests.intake.http.conftest import SENDER, Shop, Web, in_process
from tuimail.intake.http.atmos import message_number

MAIL: dict[str, Any] = {
    "from": SENDER, "to": "bob@partner.example", "subject": "s", "text": "t",
}  # fmt: skip


async def test_one_recipient_is_answered_as_the_relay_does(
    web: Web, shop: Shop
) -> None:
    did = {"X-Atmos-DID": "did:plc:abc"}

    answer = await web("POST", "/v1/send?did=did:plc:abc", MAIL, headers=did)

    assert answer.status == 200
    (one,) = answer.json["accepted"]
    assert (one["recipient"], type(one["messageId"])) == ("bob@partner.example", int)
    assert (answer.json["rejected"], answer.json["status"]) == ([], "queued_for_review")
    with shop.open() as workspace:
        assert workspace.drafts.row(answer.json["id"]).status == "review"


async def test_each_recipient_has_a_number_of_their_own(web: Web) -> None:
    people = [f"p{number}@partner.example" for number in range(50)]

    answer = await web("POST", "/v1/send", {**MAIL, "to": [*people, people[0]]})

    accepted = answer.json["accepted"]
    assert [one["recipient"] for one in accepted] == people
    assert len({one["messageId"] for one in accepted}) == 50


def test_a_number_is_the_same_each_time_and_every_program_can_hold_it() -> None:
    number = message_number("06gz", "bob@partner.example")

    assert number == message_number("06gz", "bob@partner.example")
    assert 0 <= number < 2**53


async def test_all_fields_of_the_relay_are_kept(web: Web, shop: Shop) -> None:
    document = {
        **MAIL, "html": "<p>t</p>", "replyTo": "help@corp.example",
        "headers": {"X-Custom": "v"}, "category": "password-reset",
    }  # fmt: skip

    answer = await web("POST", "/v1/send", document)

    with shop.open() as workspace:
        draft = workspace.drafts.page(answer.json["id"]).draft
    assert [one.text for one in draft.reply_to] == ["help@corp.example"]
    assert (draft.headers, draft.service.category) == (
        (("X-Custom", "v"),), "transactional",
    )  # fmt: skip
    assert draft.body.html


@pytest.mark.parametrize(
    ("word", "category"),
    [("bulk", "bulk"), ("broadcast", "bulk"), ("anything", None), (None, None)],
)
async def test_any_category_is_taken(
    web: Web, shop: Shop, word: str, category: str | None
) -> None:
    answer = await web("POST", "/v1/send", {**MAIL, "category": word})

    with shop.open() as workspace:
        page = workspace.drafts.page(answer.json["id"])
    assert page.draft.service.category == category


async def test_unknown_fields_are_ignored_and_never_obeyed(
    web: Web, shop: Shop
) -> None:
    extra = {"bcc": "x@evil.example", "approve": True, "status": "sent", "null": None}

    answer = await web("POST", "/v1/send", {**MAIL, **extra})

    with shop.open() as workspace:
        page = workspace.drafts.page(answer.json["id"])
    assert answer.json["status"] == "queued_for_review"
    assert (page.row.status, page.draft.bcc) == ("review", ())


async def test_the_name_of_the_sender_may_stand_beside_the_address(web: Web) -> None:
    document = {**MAIL, "from": f"Build <{SENDER}>"}

    assert (await web("POST", "/v1/send", document)).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"to": []}, {"to": ["a@x.example"] * 0}, {"to": 1}, {"to": None},
        {"to": "nobody"}, {"to": [f"p{n}@x.example" for n in range(51)]},
        {"from": None}, {"from": "nobody"}, {"text": ""}, {"text": None},
        {"subject": "a\r\nBcc: x@evil.example"}, {"headers": {"Bcc": "x@x.example"}},
        {"headers": {"X-A": 1}}, {"replyTo": "no address"},
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_an_invalid_request(
    web: Web, changes: dict[str, Any]
) -> None:
    answer = await web("POST", "/v1/send", {**MAIL, **changes})

    wanted = {"DOMAIN_MISMATCH"} if changes == {"from": "nobody"} else set()
    assert answer.status in {400, 403}
    assert answer.json["code"] in {"INVALID_REQUEST", *wanted}
    assert answer.json["error"]


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"Authorization": None}, None, 400, "AUTH_REQUIRED"),
        ({"Authorization": "Bearer atmos_wrong"}, None, 401, "AUTH_FAILED"),
        ({}, b"{", 400, "INVALID_REQUEST"),
        ({"Content-Type": "text/plain"}, b"{}", 415, "INVALID_REQUEST"),
        ({"Origin": "https://x.example"}, None, 403, "INVALID_REQUEST"),
    ],
)
async def test_every_no_has_the_codes_of_the_relay(
    web: Web, headers: dict[str, str | None], body: bytes, status: int, code: str
) -> None:
    answer = await web(
        "POST", "/v1/send", None if body else MAIL, body=body, headers=headers
    )

    assert (answer.status, answer.json["code"]) == (status, code)


async def test_another_sender_is_a_domain_mismatch(web: Web) -> None:
    answer = await web("POST", "/v1/send", {**MAIL, "from": "boss@corp.example"})

    assert (answer.status, answer.json["code"]) == (403, "DOMAIN_MISMATCH")


async def test_a_token_for_looking_only_is_a_suspended_member(shop: Shop) -> None:
    token = shop.client("watcher", scopes=frozenset({"status"}))

    async with in_process(shop, token) as web:
        answer = await web("POST", "/v1/send", MAIL)

    assert (answer.status, answer.json["code"]) == (403, "MEMBER_SUSPENDED")


async def test_too_many_are_limited(shop: Shop) -> None:
    token = shop.client("busy", per_hour=1)

    async with in_process(shop, token) as web:
        await web("POST", "/v1/send", MAIL)
        answer = await web("POST", "/v1/send", MAIL)

    assert (answer.status, answer.json["code"]) == (429, "RATE_LIMITED")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_mistake_of_ours_is_an_internal_error(shop: Shop, token: str) -> None:
    def gate(_workspace: object) -> Any:
        raise ZeroDivisionError

    async with in_process(shop, token, gate=gate) as web:
        answer = await web("POST", "/v1/send", MAIL)

    assert (answer.status, answer.json["code"]) == (500, "INTERNAL_ERROR")


async def test_a_key_makes_the_same_answer_again(web: Web) -> None:
    key = {"Idempotency-Key": "k"}

    first = await web("POST", "/v1/send", MAIL, headers=key)
    again = await web("POST", "/v1/send", MAIL, headers=key)
    other = await web("POST", "/v1/send", {**MAIL, "text": "u"}, headers=key)

    assert again.json == first.json
    assert (other.status, other.json["code"]) == (409, "INVALID_REQUEST")


async def test_what_a_person_decided_meanwhile_is_the_status(
    web: Web, shop: Shop
) -> None:
    key = {"Idempotency-Key": "k"}
    first = await web("POST", "/v1/send", MAIL, headers=key)
    with shop.open() as workspace:
        workspace.reviews.reject(first.json["id"], revision=1, reason="No.")

    again = await web("POST", "/v1/send", MAIL, headers=key)

    assert (again.json["id"], again.json["status"]) == (first.json["id"], "rejected")
