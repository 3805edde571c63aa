"""Who gets no mail any more, from the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.core.reports import dsns
from tests.store.bench import NOW
from tuimail.cli.reporting import taken_lines
from tuimail.core.message import Role
from tuimail.workspace.reports import News, Report
from tuimail.workspace.views import ReportView

BOB = "bob@partner.example"
pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def sent(tuimail: Shell) -> str:
    """The id of a mail that its server took, for somebody and a blind copy."""
    answer = tuimail(
        "send", "--to", BOB, "--bcc", "eve@partner.example", "--subject", "Offer",
        "--text", "Hi.", "--json",
    )  # fmt: skip
    assert answer.code == 0, answer
    found: str = answer.json["id"]
    return found


def report(tuimail: Shell, mail: str, who: str = BOB) -> Path:
    """A report about that mail, in a file."""
    known = tuimail("show", mail, "--json").json["message_id"]
    raw = dsns.POSTFIX.replace(dsns.MESSAGE_ID.encode(), known.encode())
    path = tuimail.folder / "report.eml"
    path.write_bytes(raw.replace(b"ana@example.net", who.encode()))
    return path


def test_who_is_added_is_listed_until_removed(tuimail: Shell) -> None:
    added = tuimail("suppress", "add", BOB, "--reason", "He asked.")
    listed = tuimail("suppress", "list")
    removed = tuimail("suppress", "remove", BOB)

    assert (added.code, added.text) == (0, f"{BOB} gets no mail from here any more.\n")
    address, _, what, source, reason = listed.text.rstrip("\n").split("\t")
    assert (address, what, source, reason) == (BOB, "mail", "person", "He asked.")
    assert removed.text == f"{BOB} may be sent mail again.\n"
    assert tuimail("suppress", "list").talk == "Nobody is suppressed.\n"


def test_programs_are_answered_in_documents(tuimail: Shell) -> None:
    added = tuimail("suppress", "add", BOB, "--scope", "bulk", "--json").json
    listed = tuimail("suppress", "list", "--json").json
    removed = tuimail("suppress", "remove", BOB, "--json").json

    assert added["address"] == BOB
    assert (added["scope"], added["source"], added["mail"]) == ("bulk", "person", None)
    assert listed == {"suppressions": [added], "next": None}
    assert removed == added


def test_the_list_has_pages(tuimail: Shell) -> None:
    for name in ("a", "b", "c"):
        tuimail("suppress", "add", f"{name}@partner.example")

    first = tuimail("suppress", "list", "--limit", "2")
    document = tuimail("suppress", "list", "--limit", "2", "--json").json
    last = document["next"]
    rest = tuimail("suppress", "list", "--after", last, "--json").json

    assert first.talk == f"There is more: add --after {last}\n"
    assert last == "b@partner.example"
    assert [one["address"] for one in rest["suppressions"]] == ["a@partner.example"]


def test_mail_for_who_is_listed_is_refused(tuimail: Shell) -> None:
    tuimail("suppress", "add", BOB, "--reason", "He asked.")

    answer = tuimail("send", "--to", BOB, "--text", "Hi.", "--json")

    assert answer.code == 1
    assert (answer.error["code"], answer.error["field"]) == ("suppressed", "to")
    assert "He asked." in answer.error["message"]
    assert answer.error["hint"].endswith(f"tuimail suppress remove {BOB}")


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("add",), 2, "address"),
        (("add", BOB, "--from-report", "r1"), 2, "address"),
        (("add", "bob"), 1, "address"),
        (("add", BOB, "--scope", "some"), 2, "scope"),
        (("add", BOB, "--reason", "a\nb"), 1, "reason"),
        (("add", "--from-report", "r1"), 1, "from-report"),
        (("remove", BOB), 1, "address"),
        (("remove",), 2, "address"),
        (("list", "--after", BOB), 1, "address"),
        (("list", "--limit", "0"), 2, "limit"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    tuimail: Shell, words: tuple[str, ...], code: int, field: str
) -> None:
    answer = tuimail("suppress", *words, "--json")

    assert (answer.code, answer.error["field"]) == (code, field)
    assert answer.error["hint"]


# Reports --------------------------------------------------------------------


def test_a_report_that_is_imported_is_shown_with_its_mail(
    tuimail: Shell, sent: str
) -> None:
    answer = tuimail("import", str(report(tuimail, sent)))

    shown = tuimail("show", sent)
    (line,) = [one for one in shown.text.splitlines() if one.startswith("Report:")]
    assert (answer.code, answer.text) == (0, f"{sent}: {BOB}: failed (5.1.1)\n")
    assert line.startswith(
        f"Report:      failed: 5.1.1 550 5.1.1 <{BOB}>: Recipient address rejected: "
        "User unknown, says mx2.example.net ("
    )
    assert "; tuimail suppress add --from-report " in line
    assert len(tuimail("list", "--json").json["mails"]) == 1


def test_what_is_offered_can_be_typed(tuimail: Shell, sent: str) -> None:
    tuimail("import", str(report(tuimail, sent)))
    recipient = tuimail("show", sent, "--json").json["recipients"][0]
    (said,) = recipient["reports"]

    added = tuimail("suppress", "add", "--from-report", said["id"], "--json").json

    assert recipient["status"] == "sent"
    assert (said["action"], said["code"], said["suggests_suppression"]) == (
        "failed", "5.1.1", True,
    )  # fmt: skip
    assert (added["address"], added["source"], added["mail"]) == (BOB, "report", sent)
    after = tuimail("show", sent)
    assert "Report:" in after.text
    assert "--from-report" not in after.text


def test_programs_are_told_what_came_of_a_report(tuimail: Shell, sent: str) -> None:
    path = str(report(tuimail, sent))

    first = tuimail("import", path, "--json").json
    second = tuimail("import", path, "--json").json

    (found,) = first["reports"]
    (recipient,) = found["recipients"]
    assert (first["mails"], found["mail"], found["strangers"]) == ([], sent, 0)
    assert (recipient["address"], recipient["is_new"]) == (BOB, True)
    assert (found["left_out"], found["reason"]) == (0, None)
    assert second["reports"][0]["recipients"] == [recipient | {"is_new": False}]


def test_a_report_that_was_known_already_is_said_so(tuimail: Shell, sent: str) -> None:
    path = str(report(tuimail, sent))
    tuimail("import", path)

    answer = tuimail("import", path)

    assert answer.text == f"{sent}: {BOB}: failed (5.1.1), as was known already\n"


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_a_report_about_a_blind_copy_names_nobody_unasked(
    tuimail: Shell, sent: str, flags: tuple[str, ...]
) -> None:
    path = str(report(tuimail, sent, "eve@partner.example"))

    answer = tuimail("import", path, *flags)
    shown = tuimail("show", sent, *flags)
    history = tuimail("show", sent, "--attempts", *flags)
    asked = tuimail("show", sent, "--bcc", *flags)

    assert answer.code == 0
    assert "failed" in answer.text
    for one in (answer, shown, history):
        assert "eve@" not in one.text
    assert "User unknown" not in shown.text
    assert "eve@partner.example>: Recipient address rejected" in asked.text


def test_a_server_that_names_a_blind_copy_is_not_quoted(
    tuimail: Shell, sent: str
) -> None:
    path = report(tuimail, sent)
    raw = path.read_bytes().replace(b"User unknown", b"as is eve@partner.example")
    path.write_bytes(raw)
    tuimail("import", str(path))

    shown = tuimail("show", sent)

    assert "as is (hidden)" in shown.text
    assert "eve" not in shown.text


def test_a_forged_report_changes_nothing_and_is_said_so(
    tuimail: Shell, sent: str
) -> None:
    unknown = tuimail.folder / "unknown.eml"
    unknown.write_bytes(dsns.POSTFIX)
    stranger = report(tuimail, sent, "mallory@partner.example")

    about_no_mail = tuimail("import", str(unknown))
    about_nobody = tuimail("import", str(stranger))

    for answer in (about_no_mail, about_nobody):
        assert answer.code == 1
        assert "nothing was changed" in answer.text
    assert "no mail that was sent" in about_no_mail.text
    assert "nobody in the envelope" in about_nobody.text
    assert "Report:" not in tuimail("show", sent, "--bcc").text


def test_of_a_report_about_several_the_strangers_are_counted(
    tuimail: Shell, sent: str
) -> None:
    path = report(tuimail, sent)
    more = b"\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\n"
    raw = path.read_bytes().replace(b"User unknown\r\n", b"User unknown\r\n" + more)
    path.write_bytes(raw)

    answer = tuimail("import", str(path))

    assert answer.text.splitlines() == [
        f"{sent}: {BOB}: failed (5.1.1)",
        f"{sent}: nothing was kept about 1 more, who are not in its envelope.",
    ]


def test_what_is_left_out_of_a_report_is_said() -> None:
    said = ReportView(
        id="r1", action="failed", status="", reply="", server="", at=NOW,
        suggested=False,
    )  # fmt: skip
    news = News(role=Role.TO, address=BOB, is_new=True, said=said)

    lines = taken_lines(Report(draft_id="d1", news=(news,), strangers=0, left_out=2))

    assert list(lines)[1:] == [
        "d1: nothing was kept about 2 more, of whom enough is kept already."
    ]


def test_reports_and_mails_can_be_imported_together(tuimail: Shell, sent: str) -> None:
    mail = tuimail.folder / "mail.eml"
    mail.write_bytes(b"From: nora@example.org\nTo: bob@partner.example\n\nHi.\n")

    answer = tuimail("import", str(mail), str(report(tuimail, sent)), "--json")

    assert [len(answer.json[name]) for name in ("mails", "reports")] == [1, 1]


def test_a_mail_that_cannot_be_read_leaves_no_report_behind(
    tuimail: Shell, sent: str
) -> None:
    broken = tuimail.folder / "broken.eml"
    broken.write_bytes(b"no header")

    answer = tuimail("import", str(report(tuimail, sent)), str(broken))

    assert answer.code == 1
    assert "Report:" not in tuimail("show", sent).text


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (b"Action: relayed\r\n", "Report:      relayed, says mx2.example.net ("),
        (b"Action: delayed\r\nStatus: 4.4.1\r\n", "delayed: 4.4.1, says mx2.example"),
    ],
)
def test_a_report_without_words_is_shown_in_a_word(
    tuimail: Shell, sent: str, lines: bytes, shown: str
) -> None:
    path = report(tuimail, sent)
    before, _, rest = path.read_bytes().partition(b"Action: failed\r\n")
    remote = b"Remote-MTA: dns; mx2.example.net\r\n\r\n--"
    path.write_bytes(before + lines + remote + rest.partition(b"\r\n--")[2])

    tuimail("import", str(path))

    assert shown in tuimail("show", sent).text


def test_what_a_server_says_cannot_act_on_a_terminal(
    tuimail: Shell, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = report(tuimail, sent)
    raw = path.read_bytes().replace(b"User unknown", b"\x1b]0;owned\x07\xe2\x80\xae")
    path.write_bytes(raw)
    tuimail("import", str(path))
    monkeypatch.setenv("COLUMNS", "200")

    shown = tuimail("show", sent, shown=True, terminal=True)

    assert "\x1b" not in shown.text
    assert "\u202e" not in shown.text


def test_a_report_may_be_handed_in_for_a_program(tuimail: Shell, sent: str) -> None:
    answer = tuimail("import", str(report(tuimail, sent)), "--actor", "bounces")

    journal = tuimail("show", sent, "--attempts", "--json").json["journal"]
    assert answer.code == 0
    assert (journal[-1]["event"], journal[-1]["actor"]) == (
        "report_taken", "agent:bounces",
    )  # fmt: skip
