from dataclasses import replace

import pytest

from tests.cli.conftest import Answer, Shell
from tuimail.core.draft import Body
from tuimail.demo.server import DemoServer

pytestmark = pytest.mark.usefixtures("account")
HOSTILE = "\x1b]0;x\x07\u202edlrow"


def test_review_lists_what_waits(tuimail: Shell) -> None:
    page = tuimail.submit()
    tuimail("send", "--to", "bob@partner.example", "--dry-run")

    mails = tuimail("review", "--json").json["mails"]

    assert [mail["id"] for mail in mails] == [page["id"]]


def test_review_shows_everything_a_decision_is_about(tuimail: Shell) -> None:
    page = tuimail.submit(
        "--bcc", "eve@secret.example", "--note", "As agreed", "--html",
        "<p>Pay <a href='https://evil.example/x'>https://bank.example</a></p>",
        "--cc", "x@bücher.example", "--header", "X-Kind=a",
    )  # fmt: skip

    text = tuimail("review", page["id"][-6:]).text

    for part in (
        "Written by:  agent:billing, through cli",
        "Their note:  As agreed",
        "Bcc:         eve@secret.example",
        "x@bücher.example [x@xn--bcher-kva.example]",
        "Header:      X-Kind: a",
        "| Please pay.",
        "The HTML part, as text:",
        "https://evil.example/x",
        f"Digest:      {page['release_digest']}",
    ):
        assert part in text
    assert tuimail("review", page["id"], "--json").json["bcc"] == ["eve@secret.example"]


def test_review_shows_what_changed(tuimail: Shell) -> None:
    page = tuimail.submit()
    _edit(tuimail, page["id"], "Please pay at once.")

    lines = tuimail("review", page["id"]).text.splitlines()

    assert "Changed since revision 1:" in lines
    assert "| -Please pay." in lines
    assert "| +Please pay at once." in lines


def test_a_mail_cannot_pretend_to_be_a_fact(tuimail: Shell) -> None:
    page = tuimail.submit("--note", "fine\nBcc: nobody")

    text = tuimail("review", page["id"], shown=True).text

    assert "\nBcc: nobody" not in text


@pytest.mark.parametrize("verb", ["approve", "reject", "request-changes"])
def test_nobody_decides_about_an_agents_mail_without_a_terminal(
    tuimail: Shell, verb: str
) -> None:
    page = tuimail.submit()
    reason = () if verb == "approve" else ("--reason", "No.")
    digest = page["release_digest"][:6]

    answer = tuimail(verb, page["id"], *reason, "--json", stdin=f"{digest}\n")

    assert (answer.code, answer.error["code"]) == (1, "not-allowed")
    assert tuimail("show", page["id"], "--json").json["status"] == "review"


def test_approving_shows_what_would_go_and_asks_for_the_digest(tuimail: Shell) -> None:
    page = tuimail.submit("--bcc", "eve@secret.example", "--text", "See attachment.")

    answer = tuimail(
        "approve", page["id"], "--json", stdin=page["release_digest"][:6] + "\n",
        terminal=True,
    )  # fmt: skip

    assert (answer.code, answer.json["status"]) == (0, "approved")
    for part in (
        "bob@partner.example", "eve@secret.example", "Subject:     Invoice",
        "Finding:     warning", page["release_digest"],
    ):  # fmt: skip
        assert part in answer.talk
    assert answer.talk.index(page["release_digest"]) < answer.talk.index("Type the")


@pytest.mark.parametrize("typed", ["", "abc", "zzzzzz"])
def test_another_digest_approves_nothing(tuimail: Shell, typed: str) -> None:
    page = tuimail.submit()

    answer = tuimail("approve", page["id"], stdin=typed, terminal=True)

    assert answer.code == 1
    assert tuimail("show", page["id"], "--json").json["status"] == "review"


def test_what_an_agent_wrote_cannot_act_on_the_terminal(tuimail: Shell) -> None:
    page = tuimail.submit("--text", HOSTILE, "--note", HOSTILE)

    asked = tuimail("approve", page["id"], terminal=True).talk
    shown = tuimail("review", page["id"], shown=True).text

    assert not set("\x1b\x07\u202e") & set(asked + shown)


def test_ones_own_mail_needs_no_typing(tuimail: Shell) -> None:
    id_ = tuimail("submit", "--to", "bob@partner.example", "--json").json["id"]

    answer = tuimail("approve", id_, "--json")

    assert (answer.code, answer.json["status"]) == (0, "approved")


def test_a_revision_that_is_not_the_newest_is_refused(tuimail: Shell) -> None:
    page = tuimail.submit()
    _edit(tuimail, page["id"], "Other.")
    words = (page["id"], "--revision", "1", "--json")

    for verb in (("approve",), ("reject", "--reason", "No.")):
        answer = tuimail(*verb, *words, terminal=True)
        assert (answer.code, answer.error["code"]) == (1, "stale-approval")


@pytest.mark.parametrize(
    ("verb", "status"), [("reject", "rejected"), ("request-changes", "draft")]
)
def test_a_refusal_is_recorded_with_its_reason(
    tuimail: Shell, verb: str, status: str
) -> None:
    page = tuimail.submit()

    answer = tuimail(
        verb, page["id"], "--reason", "Wrong amount.", "--json", terminal=True
    )

    decisions = tuimail("show", page["id"], "--json").json["decisions"]
    assert (answer.code, answer.json["status"]) == (0, status)
    assert [one["reason"] for one in decisions] == ["Wrong amount."]
    assert "Wrong amount." in tuimail("show", page["id"]).text


def test_a_refusal_without_a_reason_is_refused(tuimail: Shell) -> None:
    page = tuimail.submit()

    answer = tuimail("reject", page["id"], "--reason", " ", "--json", terminal=True)

    assert (answer.code, answer.error["field"]) == (1, "reason")


def test_what_was_approved_arrives(tuimail: Shell, server: DemoServer) -> None:
    page = tuimail.submit()
    tuimail(
        "approve", page["id"], stdin=page["release_digest"][:6] + "\n", terminal=True
    )
    approved = tuimail("show", page["id"], "--raw").raw

    answer = tuimail("release", page["id"], "--no-undo", "--json", terminal=True)

    assert (answer.code, answer.json["status"]) == (0, "sent")
    assert server.deliveries[0].content == approved


def _edit(tuimail: Shell, id_: str, text: str) -> None:
    with tuimail.open() as workspace:
        page = workspace.drafts.page(id_)
        changed = replace(page.draft, body=Body(text=text))
        workspace.drafts.edit(id_, changed, revision=page.row.revision)


def test_a_warning_stands_with_a_reason_until_it_is_taken_up_again(
    tuimail: Shell,
) -> None:
    page = tuimail.submit("--text", "See the attached file.")
    (code,) = (one["code"] for one in page["findings"] if one["severity"] == "warning")

    def accept(*words: str) -> Answer:
        return tuimail("accept", page["id"], *words, "--json", terminal=True)

    silent = accept("--code", code)
    other = accept("--code", "no.such", "--reason", "So.")
    accept("--code", code, "--reason", "It follows.")
    stands = tuimail("show", page["id"], "--json").json["accepted"]
    text = tuimail("review", page["id"]).text
    again = accept("--code", "no.such", "--undo")
    undone = accept("--code", code, "--undo")
    left = tuimail("show", page["id"], "--json").json["accepted"]

    assert "Why the warning may stand is missing" in silent.error["message"]
    assert code in other.error["hint"]
    assert [(one["code"], one["reason"]) for one in stands] == [(code, "It follows.")]
    assert f"Let stand:   {code}, by person:" in text
    assert f"Those that stand: {code}." in again.error["hint"]
    assert (undone.code, left) == (0, [])


def test_no_program_lets_a_warning_stand(tuimail: Shell) -> None:
    page = tuimail.submit("--text", "See the attached file.")
    code = page["findings"][0]["code"]

    answer = tuimail("accept", page["id"], "--code", code, "--reason", "So.", "--json")

    assert answer.error["code"] == "not-allowed"
