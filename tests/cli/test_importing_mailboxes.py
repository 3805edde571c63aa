"""Mailboxes that are imported: mail by mail, into drafts, and nothing is changed."""

import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SENDER, Shell

pytestmark = pytest.mark.usefixtures("account")
START = f"From {SENDER} Thu Mar  4 09:30:00 2027\n"


def mail(subject: str, *, sender: str = SENDER, text: str = "Hi\n") -> str:
    return f"From: {sender}\nTo: bob@partner.example\nSubject: {subject}\n\n{text}"


def mbox(*mails: str) -> bytes:
    return "".join(f"{START}{one}\n" for one in mails).encode()


def maildir(folder: str, **mails: str) -> Path:
    """Make a maildir; the names are those of files in cur, with . for :."""
    root = Path(folder)
    for part in ("cur", "new", "tmp"):
        (root / part).mkdir(parents=True)
    for name, content in mails.items():
        (root / "cur" / name.replace("__", ":2,")).write_text(content)
    return root


def subjects(tuimail: Shell) -> set[str]:
    return {one["subject"] for one in tuimail("list", "--json").json["mails"]}


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("path", ["all.mbox", "-"])
def test_each_mail_of_an_mbox_file_becomes_a_draft(tuimail: Shell, path: str) -> None:
    content = mbox(mail("One"), mail("Two", text=">From me\n"))
    Path("all.mbox").write_bytes(content)

    answer = tuimail("import", path, "--json", stdin=content)

    assert (answer.code, answer.json["errors"]) == (0, [])
    assert [one["status"] for one in answer.json["mails"]] == ["draft", "draft"]
    assert [one["source"] for one in answer.json["mails"]] == [
        {"path": path, "place": "mail 1, at byte 1", "flags": ""},
        {"path": path, "place": f"mail 2, at byte {len(mbox(mail('One'))) + 1}",
         "flags": ""},
    ]  # fmt: skip
    assert subjects(tuimail) == {"One", "Two"}
    second = tuimail("show", answer.json["mails"][1]["id"], "--json").json
    assert second["text"] == "From me\n"
    assert "mime.from-quoted" in {one["code"] for one in second["findings"]}


def test_one_that_is_refused_stops_no_other(tuimail: Shell) -> None:
    Path("all.mbox").write_bytes(
        mbox(mail("One"), mail("Theirs", sender="eve@evil.example"), mail("Three"))
    )

    answer = tuimail("import", "all.mbox", "--json")
    (error,) = answer.json["errors"]
    told = tuimail("import", "all.mbox")

    assert (answer.code, len(answer.json["mails"])) == (1, 2)
    assert (error["path"], error["place"][:6]) == ("all.mbox", "mail 2")
    assert (error["code"], error["field"]) == ("field", "from")
    assert error["hint"]
    assert subjects(tuimail) == {"One", "Three"}
    assert "all.mbox, mail 2, at byte" in told.talk
    assert "2 imported as drafts, 1 refused." in told.talk
    assert [line.split("\t")[1:] for line in told.text.splitlines()] == [
        ["draft", "One"],
        ["draft", "Three"],
    ]


def test_what_was_sent_comes_in_as_a_draft_and_nothing_leaves(
    tuimail: Shell, server: Any
) -> None:
    sent = "Received: from here\nMessage-ID: <1@example.org>\n" + mail("Sent long ago")
    maildir("Sent", **{"1__S": sent})

    answer = tuimail("import", "Sent", "--json")

    assert [one["status"] for one in answer.json["mails"]] == ["draft"]
    assert [one["sent_at"] for one in answer.json["mails"]] == [None]
    assert not tuimail("outbox", "--json").json["mails"]


def test_a_maildir_is_read_in_its_order_and_left_as_it_is(tuimail: Shell) -> None:
    root = maildir(
        "Mail", **{"10.b__DS": mail("Second"), "9.a__F": mail("First"), ".x": "no"}
    )
    (root / "new" / "11.c").write_text(mail("Third"))
    (root / "tmp" / "12.d").write_text(mail("Not yet"))
    (root / "cur" / "13.e:2,ST").write_text(mail("Trash"))
    (root / ".Sent" / "cur").mkdir(parents=True)
    before = everything(root)

    answer = tuimail("import", "Mail", "--json")

    assert [one["source"]["place"] for one in answer.json["mails"]] == [
        "cur/9.a:2,F",
        "cur/10.b:2,DS",
        "new/11.c",
    ]
    assert [one["source"]["flags"] for one in answer.json["mails"]] == ["F", "DS", ""]
    assert subjects(tuimail) == {"First", "Second", "Third"}
    assert "Mail has 1 marked as trash, which were left out." in answer.talk
    assert "Folders in Mail were left out: .Sent" in answer.talk
    assert everything(root) == before


def test_what_in_a_maildir_is_no_file_is_told_and_waited_for_by_nobody(
    tuimail: Shell,
) -> None:
    root = maildir("Mail", **{"1": mail("One")})
    os.mkfifo(root / "cur" / "2")
    (root / "cur" / "3").symlink_to("nowhere")

    answer = tuimail("import", "Mail", "--json")

    assert answer.code == 1
    assert [(one["place"], one["field"]) for one in answer.json["errors"]] == [
        ("cur/2", "path"),
        ("cur/3", "path"),
    ]
    assert subjects(tuimail) == {"One"}


def test_some_of_the_mails_are_imported(tuimail: Shell) -> None:
    Path("all.mbox").write_bytes(mbox(*(mail(f"Mail {n}") for n in range(60))))
    maildir("Mail", **{"1": mail("Other")})

    tuimail("import", "all.mbox", "Mail", "--skip", "27", "--limit", "30")

    assert subjects(tuimail) == {f"Mail {n}" for n in range(27, 57)}


def test_a_mailbox_may_stand_beside_a_message(tuimail: Shell) -> None:
    Path("a.eml").write_text(mail("Alone"))
    Path("all.mbox").write_bytes(mbox(mail("One"), mail("Two")))

    answer = tuimail("import", "a.eml", "all.mbox", "--json")

    assert len(answer.json["mails"]) == 3
    assert subjects(tuimail) == {"Alone", "One", "Two"}


@pytest.mark.parametrize("mails", [1, 2])
def test_a_mailbox_may_begin_with_empty_lines(tuimail: Shell, mails: int) -> None:
    Path("all.mbox").write_bytes(b"\n\r\n" + mbox(*[mail("One")] * mails))

    answer = tuimail("import", "all.mbox", "--json")

    assert (answer.code, len(answer.json["mails"])) == (0, mails)


def test_mail_that_may_be_within_another_is_told(tuimail: Shell) -> None:
    """As where two files were joined, and the first had no empty line at its end."""
    joined = mbox(mail("One"))[:-1] + mbox(mail("Two"))
    Path("all.mbox").write_bytes(joined)

    answer = tuimail("import", "all.mbox", "--json")

    (found,) = answer.json["mails"]
    told = {one["code"]: one["message"] for one in found["findings"]}
    assert "1 line looks like the first of another mail" in told["mime.from-quoted"]


def test_a_file_with_one_message_is_a_message(tuimail: Shell) -> None:
    """As ever: what is wrong with it is what is wrong with the command."""
    Path("one.mbox").write_bytes(mbox(mail("One", text=">From me\n")))
    Path("bad.mbox").write_bytes(mbox(mail("One", sender="eve@evil.example")))

    good = tuimail("import", "one.mbox", "--json")
    bad = tuimail("import", "bad.mbox", "--json")

    (record,) = good.json["mails"]
    assert tuimail("show", record["id"], "--json").json["text"] == ">From me\n\n"
    assert bad.error["field"] == "from"


def test_the_dialect_can_be_said(tuimail: Shell) -> None:
    Path("all.mbox").write_bytes(mbox(mail("One", text=">From me\n"), mail("Two")))

    answer = tuimail("import", "all.mbox", "--dialect", "mboxcl2", "--json")
    wrong = tuimail("import", "all.mbox", "--dialect", "mh", "--json")

    first = tuimail("show", answer.json["mails"][0]["id"], "--json").json
    assert first["text"] == ">From me\n"
    (finding,) = [one for one in first["findings"] if one["code"].endswith("quoted")]
    assert finding["hint"] == "Where it did, import it as mboxcl."
    assert (wrong.code, wrong.error["field"]) == (2, "dialect")


def test_what_a_program_imports_goes_to_review_mail_by_mail(tuimail: Shell) -> None:
    nobody = f"From: {SENDER}\nSubject: Nobody\n\nHi\n"
    Path("all.mbox").write_bytes(mbox(mail("One"), nobody))

    answer = tuimail("import", "all.mbox", "--actor", "billing", "--json")
    told = tuimail("import", "all.mbox", "--actor", "billing")
    keyed = tuimail(
        *("import", "all.mbox", "--actor", "billing", "--idempotency-key", "k"),
        "--json",
    )

    assert [one["status"] for one in answer.json["mails"]] == ["review"]
    assert [one["code"] for one in answer.json["errors"]] == ["not-composable"]
    assert "1 handed in, 1 refused." in told.talk
    assert (keyed.code, keyed.error["field"]) == (2, "idempotency-key")


def test_reports_in_a_mailbox_are_no_drafts(tuimail: Shell) -> None:
    """One that is about no mail of ours is told, as one alone is."""
    report = (
        "From: daemon@example.net\nTo: nora@example.org\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=q\n\n"
        "--q\n\nlost\n--q\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; a@b.example\n"
        "Action: failed\nStatus: 5.1.1\n--q--\n"
    )
    Path("all.mbox").write_bytes(mbox(mail("One"), report))

    answer = tuimail("import", "all.mbox", "--json")
    told = tuimail("import", "all.mbox")

    assert len(answer.json["mails"]) == 1
    assert len(answer.json["reports"]) == 1
    assert answer.json["errors"] == []
    assert "1 imported as drafts, 1 report taken, 0 refused." in told.talk
    assert told.text.count("\n") == 2


def test_a_terminal_is_told_how_far_it_is(tuimail: Shell) -> None:
    maildir("Mail", **{str(n): mail(f"Mail {n}") for n in range(30)})

    answer = tuimail("import", "Mail", terminal=True)

    assert "25 of 30 read" in answer.talk
    assert "30 imported as drafts" in answer.talk


def test_who_interrupts_is_told_where_to_go_on(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("all.mbox").write_bytes(mbox(*(mail(f"Mail {n}") for n in range(30))))
    seen: list[int] = []

    def interrupt(*_: object) -> None:
        seen.append(1)
        if len(seen) > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(
        "tuimail.cli.importing_mailboxes.MailboxImport._tell", interrupt
    )
    monkeypatch.setattr("tuimail.cli.importing_mailboxes.GROUP", 10)

    answer = tuimail("import", "all.mbox")

    assert answer.code == 130
    assert "20 were imported. Go on with: --skip 20" in answer.talk
    assert len(subjects(tuimail)) == 20


def test_a_mail_that_is_too_long_is_refused_and_the_next_is_read(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.workspace.mailboxes.MESSAGE_LIMIT_BYTES", 400)
    long = mail("Long", text="x\n" * 300)
    Path("all.mbox").write_bytes(mbox(mail("One"), long, mail("Three")))

    answer = tuimail("import", "all.mbox", "--json")

    assert "more than 400 bytes" in answer.json["errors"][0]["message"]
    assert subjects(tuimail) == {"One", "Three"}


def test_a_maildir_that_cannot_be_read_is_told(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    maildir("Mail")

    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tuimail.workspace.mailboxes._names", refuse)

    answer = tuimail("import", "Mail", "--json")

    assert answer.error["message"] == "Mail cannot be read: Permission denied."


@pytest.mark.parametrize("size", [1, 50, 130, 10_000])
def test_it_does_not_matter_how_much_is_read_to_know_a_mailbox(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("tuimail.workspace.mailboxes.HEAD_BYTES", max(size, 5))
    Path("one.eml").write_bytes(mbox(mail("Alone", text="Hi\n" * 50)))
    Path("all.mbox").write_bytes(mbox(mail("One", text="x\n" * 50), mail("Two")))

    tuimail("import", "one.eml", "all.mbox")

    assert subjects(tuimail) == {"Alone", "One", "Two"}


@pytest.mark.slow
def test_long_mails_take_no_more_memory_where_there_are_many(tuimail: Shell) -> None:
    """Mails that share a flush of the disk are held together until it is over."""
    file = "x" * 72 + "\n"
    head = (
        "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=a.bin\n"
        "Content-Disposition: attachment; filename=a.bin\n"
        "Content-Transfer-Encoding: base64\n"
    )
    whole = mail("Long", text=file * 27_000).replace("\n\n", f"\n{head}\n", 1)

    few, many = (_most(tuimail, mbox(*[whole] * count)) for count in (8, 24))

    assert subjects(tuimail) == {"Long"}
    assert many < few + 4 * len(whole) < few + (24 - 8) * len(whole)


def _most(tuimail: Shell, mailbox: bytes) -> int:
    """Return the most bytes that were held at once while ``mailbox`` came in."""
    Path("all.mbox").write_bytes(mailbox)
    tracemalloc.start()
    answer = tuimail("import", "all.mbox")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.code == 0
    return most


def test_many_folders_beside_a_maildir_are_not_all_named(tuimail: Shell) -> None:
    root = maildir("Mail", **{"1": mail("One")})
    for number in range(12):
        (root / f".F{number:02}" / "cur").mkdir(parents=True)

    answer = tuimail("import", "Mail")

    assert ".F00, .F01" in answer.talk
    assert ".F09, …; name them" in answer.talk
    assert ".F10" not in answer.talk


def test_a_mailbox_of_nothing_is_none(tuimail: Shell) -> None:
    maildir("Mail")

    answer = tuimail("import", "Mail", "--json")

    assert (answer.code, answer.json) == (0, {"mails": [], "reports": [], "errors": []})
