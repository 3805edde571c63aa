"""The description of all routes: made from what is really served."""

import json
from typing import Any

import pytest

from tests.intake.http.conftest import Web
from tuimail.intake.fields import DraftDocument
from tuimail.intake.http import openapi, table


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(openapi.document(table.EVERY)))
    return found


def test_every_route_is_described(description: dict[str, Any]) -> None:
    described = {
        (method.upper(), path)
        for path, methods in description["paths"].items()
        for method in methods
    }

    assert described == {(one.method, one.path) for one in table.EVERY}
    assert description["openapi"] == "3.1.0"


def test_no_route_decides_anything() -> None:
    words = {"approve", "release", "reject", "policy", "account", "client", "resend"}

    for route in (*table.EVERY, *table.PUBLIC):
        assert not words & set(route.path.replace("{", "/").split("/"))


def test_the_names_of_what_is_asked_are_each_its_own(
    description: dict[str, Any],
) -> None:
    names = [
        one["operationId"]
        for methods in description["paths"].values()
        for one in methods.values()
    ]

    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    text = json.dumps(description)
    known = description["components"]["schemas"]

    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert named
    assert named <= set(known)


def test_the_fields_of_a_draft_are_those_that_are_read(
    description: dict[str, Any],
) -> None:
    schema = description["components"]["schemas"]["DraftDocument"]

    fields = DraftDocument.__struct_encode_fields__
    assert set(schema["properties"]) == set(fields)
    assert schema["additionalProperties"] is False


def test_all_but_one_want_the_token_in_the_header(
    description: dict[str, Any],
) -> None:
    open_ones = {
        path
        for path, methods in description["paths"].items()
        for one in methods.values()
        if not one["security"]
    }

    assert open_ones == {"/external/api/send_mail"}


async def test_it_is_served(web: Web, description: dict[str, Any]) -> None:
    answer = await web("GET", "/openapi.json")

    assert (answer.status, answer.json) == (200, description)


async def test_it_is_told_whether_mail_can_be_handed_in(web: Web) -> None:
    answer = await web("GET", "/healthz")

    assert answer.json["status"] == "ok"
    assert answer.json["is_sending"] is False
    assert answer.json["version"]


async def test_how_it_stands_is_told_to_clients_only(web: Web) -> None:
    for path in ("/healthz", "/openapi.json"):
        assert (await web("GET", path, headers={"Authorization": None})).status == 401
