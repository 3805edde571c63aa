"""What happened to one mail, as lines for a person: every try, and every step.

Nothing here is made inert; the console does that to every line.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from tuimail.core.submission import Attempt, Receipt, Verdict
from tuimail.workspace.shown import shown_attempts
from tuimail.workspace.views import JournalLine, Page

_NOT_FOR_PEOPLE: Final = ("submission", "approval")
"""Names of details that only programs can use; so are digests."""


def attempt_lines(page: Page, *, with_bcc: bool) -> list[str]:
    """Return every try: when, who answered, what they said about whom."""
    return [
        line
        for title, attempts in (
            ("Earlier attempt", page.earlier_attempts),
            ("Attempt", page.attempts),
        )
        for one in shown_attempts(page, attempts, with_bcc=with_bcc)
        for line in _attempt(title, one)
    ]


def journal_lines(lines: Iterable[JournalLine]) -> list[str]:
    """Return every step: when, who, what."""
    return ["Steps:", *(f"  {_step(line)}" for line in lines)]


def _attempt(title: str, one: Attempt) -> Iterator[str]:
    outcome = (one.outcome or one.phase.value).replace("_", " ")
    server = f", {one.server}" if one.server else ""
    yield f"{title} {one.number}: {outcome}{server}"
    times = (
        ("started", one.started_at),
        ("committed", one.committed_at),
        ("ended", one.ended_at),
    )
    yield from (f"  {name} {_exactly(at)}" for name, at in times if at)
    yield from _reply(one.receipt)
    for answer in one.answers:
        yield from _answer(answer)


def _answer(answer: Verdict) -> Iterator[str]:
    yield f"  {answer.wire_address}: {answer.kind.value}"
    yield from (f"  {line}" for line in _reply(answer.receipt))


def _reply(receipt: Receipt) -> Iterator[str]:
    for line in receipt.text.splitlines():
        yield f"  {receipt.stage} {receipt.code or ''} {line}".rstrip()


def _exactly(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _step(line: JournalLine) -> str:
    what = line.event.replace("_", " ")
    return f"{_exactly(line.at)}  {line.actor}  {what}{_details(line.details)}"


def _details(details: Mapping[str, str]) -> str:
    said = [
        f"{name} {value}"
        for name, value in details.items()
        if value not in {"", "0"}
        and name not in _NOT_FOR_PEOPLE
        and not name.endswith("_digest")
    ]
    return f": {', '.join(said)}" if said else ""
