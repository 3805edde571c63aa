"""Approval cannot be bypassed: every door, and the Python API of a program.

Each case ends with the mail in review, and with a real server that was given
nothing.
"""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from tests.intake.http.conftest import Shop, in_process
from tests.workspace.conftest import BILLING, MARA, Desk
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    FIELDS,
    Case,
    Post,
    cheap_pins,
    handed_in,
    name_reviewers,
    opened_post,
)
from tuimail.errors import NotAllowedError
from tuimail.intake.gate import Gate, Handing
from tuimail.intake.mcp.tools import TOOLS
from tuimail.workspace.clients import ALL_SCOPES
from tuimail.workspace.outbox import OutboxDesk
from tuimail.workspace.reviews import ReviewDesk
from tuimail.workspace.views import Fate
from tuimail.workspace.workspace import Workspace


class TestDoors:
    @pytest.mark.parametrize("door", ["http", "smtp", "sendmail", "mcp"])
    def test_what_comes_through_a_door_waits_for_a_person(
        self, case: Case, door: str
    ) -> None:
        client, _ = case.workspace.clients.add("ci", scopes=ALL_SCOPES)
        gate = Gate(case.workspace)

        answer = gate.hand_in(client, FIELDS, Handing(door=door))

        case.mail = answer.id
        assert answer.state == "review"
        assert case.nothing_left()

    @pytest.mark.parametrize("door", ["smtp", "sendmail", "mcp", "http"])
    def test_a_whole_message_waits_as_well(self, case: Case, door: str) -> None:
        client, _ = case.workspace.clients.add("ci", scopes=ALL_SCOPES)
        raw = (
            b"From: agent@corp.example\r\nTo: bob@partner.example\r\n"
            b"X-Approved: yes\r\nSubject: now\r\n\r\nPlease pay.\r\n"
        )

        answer = Gate(case.workspace).hand_in_message(
            client,
            raw,
            Handing(door=door),
            envelope_to=("bob@partner.example",),
            envelope_from="agent@corp.example",
        )

        case.mail = answer.id
        assert case.nothing_left()

    def test_the_gate_has_no_way_to_decide(self) -> None:
        words = {"approve", "release", "send", "reject", "policy", "assign"}
        names = {name for name, _ in inspect.getmembers(Gate) if name[0] != "_"}

        assert not {name for name in names if words & set(name.split("_"))}

    def test_no_tool_for_agents_decides_or_sends(self) -> None:
        assert set(TOOLS) == {
            "create_draft", "revise_draft", "get_status", "wait_for_decision",
            "list_my_drafts", "list_accounts",
        }  # fmt: skip

    async def test_no_address_of_the_http_door_decides(
        self, opened: Post, case: Case
    ) -> None:
        _, token = case.workspace.clients.add("crm", scopes=ALL_SCOPES)
        async with in_process(cast("Shop", _Served(opened.desk)), token) as web:
            answers = [
                await web(method, f"/v1/drafts/{case.mail}{end}", {"revision": 1})
                for method in ("POST", "PUT", "PATCH", "DELETE")
                for end in ("", "/approve", "/release", "/review", "/send", "/state")
            ]

        assert {one.status for one in answers} <= {404, 405, 422}
        assert await asyncio.to_thread(opened.send) == 0
        assert case.status == "review"

    async def test_what_a_request_says_about_itself_approves_nothing(
        self, opened: Post, case: Case
    ) -> None:
        _, token = case.workspace.clients.add("crm", scopes=ALL_SCOPES)
        claims = {"to": ["bob@partner.example"], "subject": "x", "text": "y"}

        async with in_process(cast("Shop", _Served(opened.desk)), token) as web:
            refused = await web("POST", "/v1/drafts", {**claims, "approved": True})
            taken = await web(
                "POST",
                "/v1/drafts",
                claims,
                headers={"X-Actor": MARA, "X-Approve": "1"},
            )

        assert (refused.status, taken.status) == (422, 201)
        case.mail = taken.json["id"]
        assert await asyncio.to_thread(opened.send) == 0
        assert case.status == "review"


@dataclass(frozen=True)
class _Served:
    """What the HTTP door opens for each of its threads."""

    desk: Desk

    def served(self) -> Workspace:
        return self.desk.open(door="serve", on_terminal=False)


Call = Callable[[Workspace, str], object]
CALLS: dict[str, Call] = {
    "reviews.approve": lambda w, mail: w.reviews.approve(
        mail, revision=1, overrule="x"
    ),
    "reviews.approve with a PIN": lambda w, mail: w.reviews.approve(
        mail, revision=1, signature=ALICE
    ),
    "reviews.approve_batch": lambda w, mail: w.reviews.approve_batch(
        w.reviews.batch([mail]), 1
    ),
    "reviews.request_changes": lambda w, mail: w.reviews.request_changes(
        mail, revision=1, reason="x"
    ),
    "reviews.reject": lambda w, mail: w.reviews.reject(mail, revision=1, reason="x"),
    "reviews.reject_batch": lambda w, mail: w.reviews.reject_batch(
        [w.drafts.page(mail).row], codes=["policy"]
    ),
    "reviews.accept": lambda w, mail: w.reviews.accept(
        mail, revision=1, codes=["any"], reason="x"
    ),
    "reviews.undo_reject": lambda w, mail: w.reviews.undo_reject(mail),
    "reviews.sign_edit": lambda w, mail: w.reviews.sign_edit(mail, signature=ALICE),
    "reviews.assign": lambda w, mail: w.reviews.assign(mail, ""),
    "reviews.hold": lambda w, mail: w.reviews.hold(mail),
    "reviews.resume": lambda w, mail: w.reviews.resume(mail),
    "outbox.release": lambda w, mail: w.outbox.release(mail),
    "outbox.send": lambda w, mail: w.outbox.send(mail, revision=1),
    "outbox.send_new": lambda w, _: w.outbox.send_new(w.drafts.compose(FIELDS)),
    "outbox.take_back": lambda w, mail: w.outbox.take_back(mail),
    "outbox.retry": lambda w, mail: w.outbox.retry(mail),
    "outbox.cancel": lambda w, mail: w.outbox.cancel(mail),
    "outbox.hold": lambda w, mail: w.outbox.hold(mail),
    "outbox.resume": lambda w, mail: w.outbox.resume(mail),
    "outbox.let_go_on": lambda w, mail: w.outbox.let_go_on(cast("Any", mail)),
    "outbox.confirm": lambda w, mail: w.outbox.confirm(mail),
    "outbox.give_up": lambda w, mail: w.outbox.give_up(mail),
    "outbox.resolve": lambda w, mail: w.outbox.resolve(mail, Fate.RESEND),
    "outbox.reroute": lambda w, mail: w.outbox.reroute(mail, "other"),
    "reviewers.add": lambda w, _: w.reviewers.add("eve", "000111"),
    "reviewers.remove": lambda w, _: w.reviewers.remove("alice"),
    "clients.add": lambda w, _: w.clients.add("eve", scopes=ALL_SCOPES),
    "suppressions.remove": lambda w, _: w.suppressions.remove("a@b.example"),
}
"""Everything of the Python API that decides, sends, or changes who may."""
NOT_STEPS = {
    "reviews.batch", "reviews.checked", "reviews.record_approval",
    "reviews.require_few", "reviews.require_fit", "reviews.require_time",
    "outbox.undoable",
}  # fmt: skip
"""They look, or are parts of a step that asks before."""


class TestPythonApi:
    @pytest.mark.parametrize("name", CALLS)
    @pytest.mark.parametrize(
        ("actor", "door"), [(BILLING, "app"), ("agent:eve", "api"), ("tuimail", "cli")]
    )
    def test_whoever_is_no_person_gets_nowhere(
        self, case: Case, name: str, actor: str, door: str
    ) -> None:
        """Also where it pretends to sit at a terminal."""
        name_reviewers(case.workspace, ALICE)
        if actor == "tuimail" and not name.startswith(("reviews.appr", "outbox.rel")):
            actor = "agent:tuimail"

        with (
            case.workspace.acting_as(actor, door=door, on_terminal=True),
            pytest.raises(NotAllowedError),
        ):
            CALLS[name](case.workspace, case.mail)

        assert case.status == "review"
        assert case.workspace.drafts.page(case.mail).decisions == ()

    def test_every_step_of_both_desks_is_among_them(self) -> None:
        steps = {
            f"{place}.{name}"
            for place, desk in (("reviews", ReviewDesk), ("outbox", OutboxDesk))
            for name, _ in inspect.getmembers(desk, inspect.isfunction)
            if not name.startswith("_")
        }

        assert steps - NOT_STEPS <= CALLS.keys()

    def test_a_person_without_a_terminal_decides_nothing_about_others(
        self, case: Case
    ) -> None:
        with case.desk.open(door="api", on_terminal=False) as script:
            for name in ("reviews.approve", "reviews.approve with a PIN"):
                with pytest.raises(NotAllowedError):
                    CALLS[name](script, case.mail)
            with pytest.raises(NotAllowedError):
                script.outbox.send(case.mail, revision=1)

        assert case.nothing_left()

    def test_an_agent_does_not_make_its_mail_a_persons(self, case: Case) -> None:
        """What it hands in is its own, whatever it says it is from."""
        with (
            case.workspace.acting_as(BILLING, door="mcp"),
            pytest.raises(NotAllowedError),
        ):
            case.workspace.outbox.send_new(case.workspace.drafts.compose(FIELDS))

        assert case.nothing_left()
