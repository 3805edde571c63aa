"""A program as a user would write it: type-checked strictly, and run by a test."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import assert_type

import tuimail


def invoices() -> Iterator[tuimail.Message]:
    """Yield a message for each of two customers."""
    for number, to in enumerate(("bob@example.net", "zoe@example.net"), start=1):
        yield tuimail.Message(to=to, subject=f"Invoice {number}", text="Please pay.")


def send_one(file: Path) -> str:
    """Send one mail with everything, and return its id."""
    result = tuimail.send(
        to=["Bob <bob@example.net>", "zoe@example.net"],
        bcc="me@example.net",
        subject="The numbers",
        html="<p>They are good.</p>",
        attachments=[file, tuimail.Attachment(source=b"a,b", name="a.csv")],
        headers={"X-Report": "weekly"},
        idempotency_key="numbers-1",
    )
    assert_type(result, tuimail.Result)
    assert_type(result.recipients["bob@example.net"].code, int)
    assert_type(result.error, tuimail.TuimailError | None)
    return result.id if result.is_success else ""


def send_each() -> int:
    """Send some more over one connection, and return how many arrived."""
    with tuimail.connection() as connection:
        results = [connection.send(one, wait=30) for one in invoices()]
    return sum(one.is_success for one in results)


def hand_in() -> str:
    """Hand a mail in, and return why it was not taken."""
    try:
        tuimail.submit(to="nobody", text="Hi", actor="agent:billing")
    except tuimail.AddressError as error:
        return f"{error.code}: {error.field}"
    return ""


async def send_later(workspace: tuimail.Workspace) -> str:
    """Plan a mail, withdraw it, and return how it stands."""
    at = datetime.now(UTC) + timedelta(days=1)
    planned = await workspace.asend(to="bob@example.net", text="Hi", at=at)
    return (await workspace.acancel(planned.id)).status


def main() -> None:
    """Do all of it, and print what came of it."""
    print(bool(send_one(Path(sys.argv[1]))), send_each(), hand_in())
    with tuimail.Workspace() as workspace:
        print(asyncio.run(send_later(workspace)), workspace.check().ok)
        template = tuimail.Template(subject="Hi {{ name }}", text="Hello {{ name }}")
        rows = [{"to": "bob@example.net", "name": "Bob"}]
        done = workspace.bulk(rows, template=template, progress=False)
        assert_type(done, tuimail.BulkResult)
        print(done.sent, done.total)


if __name__ == "__main__":
    main()
