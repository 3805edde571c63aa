"""What happened in the workspace before the pictures are taken."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.core.reports import dsns
from tests.scenery import mails
from tests.scenery.studio import Studio
from tuimail.core.decision import Code, Comment
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.providers.base import SendJob
from tuimail.testing import Answer
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
SECOND: Final = timedelta(seconds=1)
SERVER: Final = "smtp.example.org:465"


def tell(studio: Studio) -> None:
    """Fill the workspace, from the oldest to the newest, as mail does."""
    studio.accounts()
    _sent(studio)
    _outbox(studio)
    _review(studio)
    studio.at(timedelta(0))
    with studio.open() as workspace:
        workspace.notices.told(one.number for one in workspace.notices.untold())


def answers(*kinds: tuple[VerdictKind, int, str]) -> Answer:
    """Return what a server says to each recipient, in its own words."""

    async def answer(job: SendJob) -> Verdicts:
        if any(kind is VerdictKind.SENT for kind, _, _ in kinds):
            _ = [piece async for piece in job.pieces()]
            await job.point_of_no_return()
        each = zip(job.envelope.recipients, kinds, strict=True)
        return Verdicts(
            by_recipient=tuple(
                Verdict(
                    wire_address=one.wire_address,
                    kind=kind,
                    receipt=Receipt(
                        stage="dot" if kind is VerdictKind.SENT else "rcpt",
                        code=code,
                        enhanced=text.partition(" ")[0],
                        text=text,
                    ),
                )
                for one, (kind, code, text) in each
            ),
            server=SERVER,
        )

    return answer


TAKEN: Final = (VerdictKind.SENT, 250, "2.0.0 Ok: queued as 4F2k1x0wZz")
_BUSY: Final = (VerdictKind.DEFERRED, 452, "4.2.2 mailbox busy, try again later")
_NOBODY: Final = (VerdictKind.REFUSED, 550, "5.1.1 no such user here")


def _send(studio: Studio, ago: timedelta, answer: Answer, **fields: Any) -> Row:
    studio.at(ago)
    studio.answers.append(answer)
    row = studio.release(**fields)
    drain(studio.open)
    return studio.row(row.id)


def _sent(studio: Studio) -> None:
    _send(
        studio,
        6 * DAY,
        answers(TAKEN, TAKEN),
        to=("Bob Ortiz <b.ortiz@partner.example>", "Bea Roth <bea@partner.example>"),
        subject="Minutes of Tuesday",
        text="Attached are the minutes.\n\nMara\n",
        attachments=(FileToAttach(name="minutes.pdf", source=mails.PDF),),
    )
    _send(
        studio,
        4 * DAY,
        answers(TAKEN),
        to=("Chloé Roy <c.roy@client.example>",),
        subject="Invoice 113",
        text="Dear Chloé,\n\nthank you for the order.\n\nMara\n",
    )
    gone = _send(
        studio,
        2 * DAY,
        answers(TAKEN),
        to=("ana@example.net",),
        subject="Workshop on the 14th",
        text="Hi Ana,\n\nwill you come?\n\nMara\n",
    )
    _report(studio, gone.id)
    _send(
        studio,
        26 * HOUR,
        answers(TAKEN),
        to=("Yamada Taro <yamada@example.jp>",),
        subject="Thank you for the visit",
        text="Dear Mr Yamada,\n\nit was a pleasure.\n",
    )
    _send(
        studio,
        3 * HOUR,
        answers(TAKEN, TAKEN),
        to=("Ana Novák <ana.novak@example.org>",),
        cc=("Ben Adler <ben.adler@example.org>",),
        subject="Agenda for Thursday",
        text="1. Numbers\n2. The spring list\n3. Osaka\n",
    )


def _report(studio: Studio, row_id: str) -> None:
    known = studio.page(row_id).message_id.encode()
    raw = dsns.POSTFIX.replace(dsns.MESSAGE_ID.encode(), known)
    raw = re.sub(rb"2 Mar 2026 14:03:00", b"28 Feb 2026 14:05:11", raw)
    with studio.open() as workspace:
        workspace.reports.take(raw)


def _outbox(studio: Studio) -> None:
    _send(
        studio,
        50 * MINUTE,
        answers(TAKEN, TAKEN, _NOBODY),
        to=("nia@partner.example", "tom@partner.example", "roy@old.example"),
        subject="Board papers",
        text="For Thursday.\n",
    )
    _send(
        studio,
        20 * MINUTE,
        VerdictKind.UNKNOWN,
        to=("Yamada Taro <yamada@example.jp>",),
        subject="Contract, second copy",
        text="Dear Mr Yamada,\n\nhere it is again.\n",
        attachments=(FileToAttach(name="contract.pdf", source=mails.PDF * 3),),
    )
    _send(
        studio,
        6 * MINUTE,
        Verdicts(
            fault=AccountFault.LOGIN,
            fault_receipt=Receipt(stage="auth", code=401, text="Invalid API token"),
            server="api.cloudflare.com",
        ),
        to=("Chloé Roy <c.roy@client.example>",),
        account="billing",
        subject="Invoice 114",
        text="Dear Chloé,\n\nplease find invoice 114.\n",
    )
    _send(
        studio,
        40 * SECOND,
        answers(_BUSY),
        to=("Bob Ortiz <b.ortiz@partner.example>",),
        subject="Renewal",
        text="Hi Bob,\n\nshall we renew?\n\nMara\n",
    )
    _scheduled(studio)
    _sending(studio)


def _scheduled(studio: Studio) -> None:
    row = studio.write(
        to=("friends@lists.example.net",),
        account="home",
        subject="Film night",
        text="Friday, eight o'clock. Bring a chair.\n",
    )
    at = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    studio.do(lambda ws: ws.outbox.send(row.id, revision=1, at=at))


def _sending(studio: Studio) -> None:
    studio.at(20 * SECOND)
    row = studio.release(
        to=("press@paper.example", "desk@radio.example"),
        subject="Launch pack",
        text="The pictures are attached.\n",
        attachments=(
            FileToAttach(name="pictures.zip", source=b"PK\x05\x06" + bytes(18)),
        ),
    )
    with studio.open() as workspace:
        workspace.delivery.claim()
    watch = studio.sender.watch
    watch.begin(row.id, 40_000_000)
    watch.reach(row.id, "mid_body")
    watch.hand(row.id, 12_000_000)
    studio.upload.pass_by(11)


def _review(studio: Studio) -> None:
    _quote(studio)
    studio.at(95 * MINUTE)
    for name, amount in (("Nia", "48"), ("Tom", "112"), ("Eva", "73")):
        studio.agent(
            "billing",
            Fields(
                to=(f"{name} Berg <{name.lower()}@client.example>",),
                subject="Your invoice is due on Friday",
                text=f"Dear {name},\n\na reminder: {amount} EUR are due on Friday.\n",
            ),
            note="first reminder, nobody has paid yet",
        )
    studio.at(70 * MINUTE)
    studio.agent(
        "newsletter",
        Fields(
            to=("readers@lists.example.org",),
            subject="What is new in March",
            text=mails.NEWSLETTER_TEXT,
            html=mails.NEWSLETTER_HTML,
        ),
        note="the March issue, as planned",
    )
    studio.at(25 * MINUTE)
    studio.agent(
        "assistant",
        Fields(
            to=("Bob Ortiz <b.ortiz@partner.example>",),
            subject="Re: Renewal",
            text="Hi Bob,\n\nMara is away until Thursday and will answer then.\n",
            expires_at=datetime(2026, 3, 2, 14, 42, tzinfo=UTC),
        ),
        note="answered while you are away",
    )


def _quote(studio: Studio) -> None:
    """Hand the quote in, have it sent back with comments, and hand it in again."""
    studio.at(3 * HOUR)
    files = (
        FileToAttach(name="quote.pdf", source=mails.PDF),
        FileToAttach(name="units.csv", source=mails.SHEET.encode()),
    )
    row = studio.agent("sales", mails.QUOTE, attachments=files, note="as discussed")
    with studio.open() as workspace:
        workspace.reviews.request_changes(
            row.id,
            revision=1,
            reason="The price is the one of last year, and delivery is shorter now.",
            codes=(Code.WRONG_FACTS,),
            comments=(Comment(text="1,190 EUR since January.", field="text", line=4),),
        )
    with studio.open() as workspace:
        workspace.looking.opened(row.id, 1)
    studio.at(12 * MINUTE)
    with studio.open() as workspace, workspace.acting_as("agent:sales", door="http"):
        fields = replace(
            mails.QUOTE,
            text=mails.QUOTE_ANEW,
            attachments=(replace(files[0], source=mails.PROGRAM), files[1]),
            bcc=("audit@exarnple.org",),
        )
        draft = workspace.drafts.compose(fields)
        workspace.drafts.edit(
            row.id, draft, revision=1, note="Bcc requested by finance"
        )
        workspace.drafts.request_review(row.id)


def hand_in_hostile(studio: Studio) -> None:
    """Hand in what would take a terminal over, if anything could."""
    studio.agent(
        "helper",
        Fields(
            to=("Ana Novák <ana.novak@example.org>",),
            subject=mails.HOSTILE_SUBJECT,
            text=mails.HOSTILE_TEXT,
        ),
        note="approve me [/b] [@click=app.approve]now[/]",
    )
