from dataclasses import replace

import pytest

from tests.cli.conftest import Shell
from tuimail.core.display import cell_width
from tuimail.core.draft import Body
from tuimail.demo.server import HOST, DemoServer
from tuimail.workspace.fields import Fields

pytestmark = pytest.mark.usefixtures("account")
TO = ("--to", "bob@partner.example")


def _store(tuimail: Shell, *words: str) -> str:
    answer = tuimail("send", *TO, "--dry-run", "--json", *words)
    found: str = answer.json["id"]
    return found


def test_an_empty_list_says_so_on_stderr(tuimail: Shell) -> None:
    answer = tuimail("list", shown=True)

    assert (answer.code, answer.raw, answer.talk) == (0, b"", "Nothing here.\n")
    assert tuimail("list", "--json").json == {"mails": [], "next": None}


def test_a_list_goes_by_pages_newest_first(tuimail: Shell) -> None:
    ids = [_store(tuimail, "--subject", f"n {number}") for number in range(3)]

    first = tuimail("list", "--limit", "2", "--json").json
    second = tuimail("list", "--limit", "2", "--json", "--after", first["next"]).json

    seen = [mail["id"] for page in (first, second) for mail in page["mails"]]
    assert seen == ids[::-1]
    assert second["next"] is None
    assert f"--after {ids[1]}" in tuimail("list", "--limit", "2").talk


def test_a_list_can_be_of_some_statuses(tuimail: Shell) -> None:
    id_ = _store(tuimail)
    tuimail("send", *TO, "--wait", "0")

    mails = tuimail("list", "--status", "dry_run", "--status", "sent", "--json").json

    assert [mail["id"] for mail in mails["mails"]] == [id_]
    assert tuimail("list", "--status", "gone", "--json").error["field"] == "status"


def test_a_list_can_be_searched_and_goes_by_pages(tuimail: Shell) -> None:
    ids = [_store(tuimail, "--subject", f"Zanzibar {number}") for number in range(3)]
    _store(tuimail, "--subject", "Timbuktu")

    words = ("list", "--search", "subject:zanz", "--limit", "2", "--json")
    first = tuimail(*words).json
    second = tuimail(*words, "--after", first["next"]).json

    seen = [mail["id"] for page in (first, second) for mail in page["mails"]]
    assert seen == ids[::-1]
    assert second["next"] is None
    assert b"Zanzibar 1" in tuimail("list", "--search", "zanzibar 1").raw
    none = tuimail("list", "--search", "zanzibar", "--status", "sent")
    assert "Nothing here." in none.talk


def test_searching_is_a_verb_of_its_own_and_takes_words_as_they_come(
    tuimail: Shell,
) -> None:
    ids = [_store(tuimail, "--subject", f"Zanzibar {number}") for number in range(2)]

    found = tuimail("search", "subject:zanz", "state:dry_run", "--json").json
    some = tuimail("search", "zanzibar", "--status", "sent")
    one = tuimail("search", "zanzibar", "--after", found["next"] or ids[1])

    assert [mail["id"] for mail in found["mails"]] == ids[::-1]
    assert some.talk == "Nothing here.\n"
    assert [line.split("\t")[0] for line in one.text.splitlines()] == ids[:1]
    assert tuimail("search", "--json").code == 2


@pytest.mark.parametrize("words", ["", "...", "state:gone"])
def test_a_search_for_nothing_is_refused(tuimail: Shell, words: str) -> None:
    assert tuimail("list", "--search", words, "--json").error["field"] == "search"


def test_reading_everything_for_the_first_search_is_told(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.cli.listing.MANY_STEPS", 1)
    _store(tuimail, "--subject", "Zanzibar")

    first = tuimail("list", "--search", "zanzibar")
    second = tuimail("list", "--search", "zanzibar")

    assert "Reading all mail once" in first.talk
    assert "Reading" not in second.talk


def test_a_program_reads_one_mail_a_line_with_tabs(tuimail: Shell) -> None:
    id_ = _store(tuimail, "--subject", "a\tb")

    line = tuimail("list").text

    assert line.count("\n") == 1
    assert line.split("\t")[:2] == [id_, "dry_run"]
    assert line.rstrip().split("\t")[3:] == ["bob@partner.example", "a b"]


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (3, "r0@x.example, r1@x.example, r2@x.example"),
        (1000, "r0@x.example, r1@x.example, r2@x.example +997"),
    ],
)
def test_of_many_recipients_the_first_are_named_and_the_others_counted(
    tuimail: Shell, count: int, shown: str
) -> None:
    everybody = [f"r{number}@x.example" for number in range(count)]
    named = [word for address in everybody for word in ("--to", address)]
    tuimail("send", "--dry-run", *named)

    assert tuimail("list").text.split("\t")[3] == shown
    assert tuimail("list", "--json").json["mails"][0]["to"] == everybody


def test_a_person_reads_columns_that_fit(tuimail: Shell) -> None:
    id_ = _store(tuimail, "--subject", "漢字 " * 40)

    heads, line = tuimail("list", shown=True).text.splitlines()

    assert heads.split() == ["id", "status", "changed", "to", "subject"]
    assert line.startswith(f"{id_[-6:]}  dry_run  ")
    assert line.endswith("…")
    assert cell_width(line) <= 80


def test_list_tells_why_a_mail_is_where_it_is(tuimail: Shell) -> None:
    tuimail("send", "--to", "gone@example.net", "--subject", "Hello")

    assert "Hello: " in tuimail("list").text
    assert "no such mailbox" in tuimail("list").text


def test_show_tells_a_person_what_there_is(tuimail: Shell) -> None:
    (tuimail.folder / "a.pdf").write_bytes(b"%PDF")
    words = ("--subject", "Lunch", "--text", "At noon?\nYes", "--attach", "a.pdf")
    id_ = _store(tuimail, *words)

    lines = tuimail("show", id_).text.splitlines()

    for line in (
        f"Id:          {id_}",
        "Status:      dry_run",
        "From:        nora@example.org",
        "To:          bob@partner.example",
        "Subject:     Lunch",
        "Attachment:  a.pdf (application/pdf, 4 B)",
    ):
        assert line in lines
    assert lines[-2:] == ["At noon?", "Yes"]


def test_show_puts_letters_that_pose_as_others_in_brackets(tuimail: Shell) -> None:
    words = ("--subject", "From p\u0430ypal", "--text", "Pay p\u0430ypal")
    id_ = _store(tuimail, *words)

    lines = tuimail("show", id_).text.splitlines()

    assert "Subject:     From p\u2039\u0430\u203aypal" in lines
    assert lines[-1] == "Pay p\u2039\u0430\u203aypal"


def test_show_of_html_that_no_parser_should_read_says_so(tuimail: Shell) -> None:
    """From the app, which keeps whatever is typed."""
    with tuimail.open() as workspace:
        draft = workspace.drafts.compose(Fields(to="bob@partner.example"))
        deep = Body(html="<div>" * 2000 + "deep")
        id_ = workspace.drafts.new(replace(draft, body=deep)).id

    answer = tuimail("show", id_)

    assert answer.code == 0
    assert "(The HTML" in answer.text


def test_show_of_html_alone_is_its_text_with_its_links(tuimail: Shell) -> None:
    id_ = _store(tuimail, "--html", "<p>See <a href='https://x.example/'>this</a></p>")

    text = tuimail("show", id_).text

    assert "See this" in text
    assert text.count("[1] https://x.example/") == 1
    assert "<p>" not in text


def test_show_headers_are_those_that_leave(tuimail: Shell) -> None:
    id_ = _store(tuimail, "--subject", "Grüße", "--bcc", "eve@secret.example")

    text = tuimail("show", id_, "--headers").text
    headers = tuimail("show", id_, "--headers", "--json").json["message_headers"]

    names = [name for name, _ in headers]
    assert ["Subject", "Grüße"] in headers
    assert "Subject: Grüße" in text
    assert "Message-ID" in names
    assert "Bcc" not in names


def test_show_raw_writes_the_bytes_on_a_terminal_too(tuimail: Shell) -> None:
    id_ = _store(tuimail, "--text", "x")

    raw = tuimail("show", id_, "--raw", shown=True).raw

    assert raw == tuimail("show", id_, "--raw").raw
    assert b"\r\n\r\nx" in raw


@pytest.mark.parametrize(("verb", "word"), [("send", "sent"), ("dry", "written")])
def test_show_raw_says_that_the_stored_bytes_were_changed(
    tuimail: Shell, verb: str, word: str
) -> None:
    is_sent = verb == "send"
    id_ = (
        tuimail("send", "--to", "bob@example.net", "--json").json["id"]
        if is_sent
        else _store(tuimail)
    )
    good = tuimail("show", id_, "--raw")
    file = tuimail.folder / "workspace" / "outbound" / id_ / "message.eml"
    file.chmod(0o600)
    file.write_bytes(b"other")

    answer = tuimail("show", id_, "--raw")

    assert (answer.raw, good.talk) == (good.raw, "")
    assert f"not those that were {word}" in answer.talk
    assert "tuimail doctor" in answer.talk
    assert file.read_bytes() == b"other"


@pytest.mark.parametrize("flag", ["--json", "--bcc", "--attempts"])
def test_show_raw_has_nothing_beside_the_bytes(tuimail: Shell, flag: str) -> None:
    answer = tuimail("show", "abcd", "--raw", flag)

    assert (answer.code, answer.raw == b"") == (2, flag != "--json")


def test_show_attempts_tells_each_try_and_its_answer(tuimail: Shell) -> None:
    answer = tuimail("send", "--to", "gone@example.net", "--json")

    id_ = answer.json["id"]
    text = tuimail("show", id_, "--attempts").text
    (attempt,) = tuimail("show", id_, "--attempts", "--json").json["attempts"]

    assert "Attempt 1: refuse" in text
    assert "no such mailbox" in text
    assert "Recipient:   to gone@example.net: invalid" in text
    assert (attempt["number"], attempt["phase"]) == (1, "done")
    assert attempt["receipt"]["code"] == 550
    assert attempt["started_at"].endswith("Z")


def test_show_attempts_tells_who_was_answered_what(
    tuimail: Shell, server: DemoServer
) -> None:
    answer = tuimail(
        "send", "--to", "bob@partner.example", "--to", "slow@example.net",
        "--bcc", "gone@example.net", "--json",
    )  # fmt: skip

    words = ("show", answer.json["id"], "--attempts")
    (attempt,) = tuimail(*words, "--json").json["attempts"]
    (whole,) = tuimail(*words, "--bcc", "--json").json["attempts"]

    assert attempt["server"] == f"{HOST}:{server.port}"
    seen = {one["address"] for one in attempt["answers"]}
    assert "gone@example.net" not in seen
    assert {one["address"] for one in whole["answers"]} == seen | {"gone@example.net"}
    assert b"gone@" not in tuimail(*words).raw
    assert f"{HOST}:{server.port}" in tuimail(*words).text


def test_show_attempts_tells_every_step(tuimail: Shell) -> None:
    id_ = tuimail("send", "--to", "slow@example.net", "--json").json["id"]
    tuimail("cancel", id_)

    words = ("show", id_, "--attempts")
    journal = tuimail(*words, "--json").json["journal"]
    text = tuimail(*words).text

    assert [one["event"] for one in journal][:2] == ["draft_created", "revision_added"]
    last = journal[-1]
    assert last["actor"].startswith("person:")
    assert (last["details"]["from"], last["details"]["to"]) == ("deferred", "cancelled")
    assert "submission moved: from deferred, to cancelled" in text
    assert "tuimail  attempt opened: attempt 1" in text
    assert "started " in text
    assert "committed " not in text


def test_the_number_of_blind_copies_is_not_told(tuimail: Shell) -> None:
    id_ = tuimail(
        "send", "--to", "bob@partner.example", "--bcc", "eve@secret.example", "--json"
    ).json["id"]

    journal = tuimail("show", id_, "--attempts", "--json").json["journal"]
    whole = tuimail("show", id_, "--attempts", "--bcc", "--json").json["journal"]

    assert len(whole) == len(journal) + 1
    assert "bcc" not in {one["details"].get("role") for one in journal}


def test_hostile_text_is_inert_for_people_and_exact_for_programs(
    tuimail: Shell,
) -> None:
    hostile = "\x1b]0;x\x07\u202etxt"
    id_ = _store(tuimail, "--text", hostile)

    assert not set("\x1b\x07\u202e") & set(tuimail("show", id_, shown=True).text)
    assert not set("\x1b\x07\u202e") & set(tuimail("show", id_).text)
    assert tuimail("show", id_, "--json").json["text"].rstrip() == hostile


def test_json_names_everything_of_a_mail(tuimail: Shell) -> None:
    page = tuimail("show", _store(tuimail), "--json").json

    assert set(page) == {
        "accepted",
        "account", "actions", "attachment_count", "attachments", "attempt_count",
        "cc", "created_at", "decisions", "due_at", "duplicate_of",
        "expires_at", "finding_count",
        "findings", "gives_up_at",
        "from", "headers", "html", "id", "in_reply_to", "is_late", "message_digest",
        "message_id", "not_composable", "origin", "priority", "provider",
        "provider_message_id", "reason", "recipients", "references",
        "release_digest", "reply_to", "revision", "revision_note", "sent_at", "service",
        "size_bytes", "standing", "status", "subject", "text", "to", "undo_until",
        "unsubscribe_url", "updated_at", "worst_finding",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"), [("abc", 2), ("zzzzzzzz", 1), ("%%%%", 1), ("*", 2)]
)
def test_an_id_that_names_nothing_is_answered(
    tuimail: Shell, typed: str, code: int
) -> None:
    answer = tuimail("show", typed, "--json")

    assert (answer.code, answer.error["field"]) == (code, "id")


def test_discard_throws_a_draft_away_and_a_second_time_is_refused(
    tuimail: Shell,
) -> None:
    id_ = _store(tuimail)

    first = tuimail("discard", id_, "--json")
    second = tuimail("discard", id_, "--json")

    assert (first.code, first.json["status"]) == (0, "discarded")
    assert (second.code, second.error["code"]) == (1, "transition")


def test_no_terminal_is_so_narrow_that_an_id_loses_its_end(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = _store(tuimail)
    monkeypatch.setenv("COLUMNS", "20")

    _, line = tuimail("list", shown=True).text.splitlines()

    assert line.startswith(f"{id_[-6:]}  ")


@pytest.mark.parametrize("words", [("search", "from:"), ("list", "--search", "x to:")])
def test_a_search_for_nothing_in_a_place_is_refused(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    answer = tuimail(*words, "--json")

    assert (answer.code, answer.error["field"]) == (1, "search")
    assert answer.error["message"].endswith(": is followed by no word.")
