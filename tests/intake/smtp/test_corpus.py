"""The rows about SMTP of the adversarial corpus, each against the door as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.core.corpus import rows
from tests.intake.smtp.conftest import Served, Talker, plain
from tuimail.workspace.views import Page

ROWS: Final = [
    one for one in rows("intake") if one.values[0]["input"]["channel"] == "smtp"
]
AGENT: Final = "mara@example.org"
"""Whom the account of the tests is from, in the place of the corpus's agent."""
RECIPIENTS: Final = {"bob@partner.example", "x@evil.example"}

Row = dict[str, Any]


@dataclass
class Outcome:
    """What a client was told, and what there is to review afterwards."""

    replies: list[str]
    pages: list[Page]

    @property
    def word(self) -> str:
        return "accept" if self.pages else "reject"


async def said(talker: Talker, row: Row, token: str) -> list[str]:
    """Return the replies to what the row has a client say, in their order."""
    found = []
    is_in = not row["input"].get("auth")
    for step in row["input"].get(
        "session", ["EHLO x", f"MAIL FROM:<{AGENT}>", "RCPT TO:<bob@partner.example>"]
    ):
        talker.write(step.replace("agent@corp.example", AGENT) + "\r\n")
        found += [await talker.reply() for _ in step.split("\r\n")]
        if not is_in:
            is_in = True
            assert (await talker.say(f"AUTH PLAIN {plain(token)}")).startswith("235")
    return found


async def outcome_of(row: Row, served: Served) -> Outcome:
    talker = await Talker.to(served.door.port)
    replies = await said(talker, row, served.token)
    if (await talker.say("DATA")).startswith("354"):
        harmless = f"From: {AGENT}\r\nSubject: s\r\n\r\nhello\r\n.\r\n"
        talker.write(row["input"].get("data_raw", harmless))
        replies.append(await talker.reply())
    assert await talker.say("NOOP") == "250 2.0.0 Ok"
    await talker.close()
    return Outcome(replies, await served.pages())


@pytest.mark.parametrize("row", ROWS)
async def test_the_door_does_as_the_corpus_expects(row: Row, served: Served) -> None:
    found = await outcome_of(row, served)

    assert found.word in {row["expect"], *row.get("also_ok", [])}
    assert {page.row.status for page in found.pages} <= {"review"}


@pytest.mark.parametrize("row", [one for one in ROWS if "must" in one.values[0]])
async def test_what_must_be_is(row: Row, served: Served) -> None:
    found = await outcome_of(row, served)
    replies = found.replies
    in_review = {one.text for page in found.pages for one in page.draft.recipients}
    facts: dict[str, Callable[[Any], bool]] = {
        "reply_starts": replies[-1].startswith,
        "messages_max": lambda most: len(found.pages) <= most,
        "all_recipients_in_review": lambda _: in_review == RECIPIENTS,
        "plaintext_commands_executed": lambda number: (
            sum(reply.startswith("250 2.1.") for reply in replies) == number
            and replies[1].startswith("502 5.5.1 ")
        ),
    }

    for name, value in row["must"].items():
        assert facts[name](value), name


def test_every_row_about_smtp_is_run() -> None:
    assert [one.id for one in ROWS] == [f"intake-{n:03}" for n in range(17, 21)]


async def test_a_message_with_another_in_it_is_shown_as_what_it_is(
    served: Served,
) -> None:
    """What was smuggled stays text, and the reviewer is told of the line ends."""
    (row,) = (one.values[0] for one in ROWS if one.id == "intake-018")
    (page,) = (await outcome_of(row, served)).pages

    assert "MAIL FROM:<x@evil.example>" in page.draft.body.text
    assert "mime.bare-newline" in {one.code for one in page.findings}
    assert [one.text for one in page.draft.recipients] == ["bob@partner.example"]
