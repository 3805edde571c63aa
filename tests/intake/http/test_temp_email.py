"""The requests of a temp email service, and its errors in plain text."""

import json
from typing import Any

import pytest

from tests.intake.http.conftest import SENDER, Shop, Web, in_process
from tuimail.workspace.fields import Fields

MAIL: dict[str, Any] = {
    "from_name": "Build", "to_name": "Bob, B", "to_mail": "bob@partner.example",
    "subject": "s", "is_html": False, "content": "t",
}  # fmt: skip
SEND, OUTSIDE = "/api/send_mail", "/external/api/send_mail"


async def test_a_mail_is_taken_and_waits_for_a_person(web: Web, shop: Shop) -> None:
    ignored = {"x-custom-auth": "site", "x-lang": "en"}

    answer = await web("POST", SEND, MAIL, headers=ignored)

    assert (answer.status, answer.json["status"]) == (200, "ok")
    with shop.open() as workspace:
        page = workspace.drafts.page(answer.json["id"])
    assert page.row.status == "review"
    assert (page.draft.sender.text, page.draft.sender.name) == (SENDER, "Build")
    assert (page.draft.to[0].text, page.draft.to[0].name) == (
        "bob@partner.example", "Bob, B",
    )  # fmt: skip
    assert page.draft.body.text.strip() == "t"


@pytest.mark.parametrize("truth", [True, 1, "yes", "false", [0]])
async def test_whatever_is_not_empty_says_that_it_is_html(
    web: Web, shop: Shop, truth: object
) -> None:
    document = {**MAIL, "is_html": truth, "content": "<p>t</p>"}

    answer = await web("POST", SEND, document)

    with shop.open() as workspace:
        assert workspace.drafts.page(answer.json["id"]).draft.body.html


async def test_outside_the_token_is_in_the_body_and_is_kept_nowhere(
    web: Web, shop: Shop
) -> None:
    document = {**MAIL, "token": web.token}

    answer = await web("POST", OUTSIDE, document, headers={"Authorization": None})

    assert (answer.status, answer.json["status"]) == (200, "ok")
    everything = b"".join(
        one.read_bytes() for one in shop.root.rglob("*") if one.is_file()
    )
    assert web.token.encode() not in everything


@pytest.mark.parametrize("token", [None, "", 1, "tm_wrong", ["x"]])
async def test_outside_a_wrong_token_is_an_error_of_the_mail(
    web: Web, token: object
) -> None:
    answer = await web(
        "POST", OUTSIDE, {**MAIL, "token": token}, headers={"Authorization": None}
    )

    assert answer.status == 400
    assert answer.body == b"Failed to send mail Invalid address credential"


@pytest.mark.parametrize("value", [None, "Bearer tm_wrong", "Basic x"])
@pytest.mark.parametrize("path", [SEND, "/api/request_send_mail_access"])
async def test_a_wrong_token_is_told_in_plain_text(
    web: Web, path: str, value: str
) -> None:
    answer = await web("POST", path, MAIL, headers={"Authorization": value})

    assert (answer.status, answer.body) == (401, b"Invalid address credential")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to_mail": ""}, "Invalid recipient address"),
        ({"to_mail": "a@x.example, b@x.example"}, "Invalid recipient address"),
        ({"to_mail": "nobody"}, "Invalid recipient address"),
        ({"subject": ""}, "Subject is empty"),
        ({"content": ""}, "Content is empty"),
        ({"content": 1}, "The mail cannot be read"),
        ({"to_name": "a\r\nBcc: x@evil.example"}, "The to_name"),
        ({"subject": "a\r\nBcc: x@evil.example"}, "The subject"),
    ],
)
@pytest.mark.parametrize("path", [SEND, OUTSIDE])
async def test_what_is_wrong_is_one_line_of_text(
    web: Web, path: str, changes: dict[str, Any], words: str
) -> None:
    answer = await web("POST", path, {**MAIL, "token": web.token, **changes})

    assert answer.status == 400
    assert answer.body.decode().startswith(f"Failed to send mail {words}")
    assert b"\n" not in answer.body


async def test_a_broken_body_is_an_error_of_the_mail(web: Web) -> None:
    answer = await web("POST", SEND, body=b"{")

    assert answer.status == 400
    assert answer.body.startswith(b"Failed to send mail The body is not JSON")


async def test_pages_are_denied_access(web: Web) -> None:
    answer = await web("POST", SEND, MAIL, headers={"Origin": "null"})

    assert answer.status == 403
    assert answer.body.startswith(b"Access denied: ")


async def test_too_many_have_to_wait(shop: Shop) -> None:
    token = shop.client("busy", per_hour=1)

    async with in_process(shop, token) as web:
        await web("POST", SEND, MAIL)
        answer = await web("POST", SEND, MAIL)

    assert answer.status == 429
    assert answer.body.startswith(b"Rate limit exceeded")
    assert int(answer.headers["retry-after"]) > 0


# Whose token it is, and what was handed in ---------------------------------------


@pytest.mark.parametrize(
    "limits", [{}, {"account": "main"}, {"account": "main", "sender": SENDER}]
)
async def test_settings_say_whose_address_it_is(
    shop: Shop, limits: dict[str, str]
) -> None:
    token = shop.client("one", per_hour=7, **limits)

    async with in_process(shop, token) as web:
        answer = await web("GET", "/api/settings")

    assert answer.json == {"address": SENDER, "send_balance": 7}


async def test_access_is_given_to_whoever_has_a_token(web: Web) -> None:
    answers = [
        await web("POST", "/api/request_send_mail_access", {}),
        await web("POST", "/api/request_send_mail_access"),
    ]

    assert [(one.status, one.json) for one in answers] == [(200, {"status": "ok"})] * 2


async def test_what_was_handed_in_is_listed_newest_first(web: Web) -> None:
    for number in range(3):
        await web("POST", SEND, {**MAIL, "subject": f"s{number}"})

    first = (await web("GET", "/api/sendbox?limit=2&offset=0")).json
    second = (await web("GET", "/api/sendbox?limit=2&offset=2")).json

    found = [json.loads(one["raw"]) for one in (*first["results"], *second["results"])]
    assert [one["subject"] for one in found] == ["s2", "s1", "s0"]
    assert (first["count"], second["count"]) == (3, 0)
    assert found[0] == {"version": "v2", **MAIL, "subject": "s2"}
    one = first["results"][0]
    assert (one["address"], type(one["id"])) == (SENDER, int)
    assert len(one["created_at"]) == len("2026-11-21 18:38:42")


async def test_nobody_elses_mail_is_listed(web: Web, shop: Shop) -> None:
    await web("POST", SEND, MAIL)
    other = {"Authorization": f"Bearer {shop.client('other')}"}

    answer = await web("GET", "/api/sendbox?limit=10&offset=0", headers=other)

    assert answer.json == {"results": [], "count": 0}


async def test_what_a_person_wrote_into_it_is_not_listed(web: Web, shop: Shop) -> None:
    """Nor whom they have it sent to, nor as whom: it is as it was handed in."""
    sent = await web("POST", SEND, MAIL)
    with shop.open() as workspace:
        edited = workspace.drafts.compose(
            Fields(
                sender_name="Mara Person",
                to="Secret Boss <secret.boss@person.example>",
                subject="of a person",
                html="<p>theirs</p>",
            )
        )
        workspace.drafts.edit(sent.json["id"], edited, revision=1)

    answer = await web("GET", "/api/sendbox?limit=1&offset=0")

    raw = json.loads(answer.json["results"][0]["raw"])
    assert raw == {"version": "v2", **MAIL}


@pytest.mark.parametrize("query", ["", "?limit=1", "?offset=0", "?limit=0&offset=0"])
async def test_a_page_has_to_be_named(web: Web, query: str) -> None:
    answer = await web("GET", f"/api/sendbox{query}")

    assert answer.status == 400
