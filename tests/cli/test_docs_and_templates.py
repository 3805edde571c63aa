"""The docs and one's own templates, read and filled in on the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.workspace import documentation

WELCOME = "Subject: Welcome, {{ name }}\nTo: {{ email }}\n\nDear {{ name }},\n"
ADA = '{"name": "Ada", "email": "ada@example.org"}'


@pytest.fixture
def templates(tuimail: Shell) -> Path:
    folder = tuimail.folder / "settings" / "templates"
    folder.mkdir(parents=True)
    (folder / "welcome.md").write_text(WELCOME)
    (folder / "bye.txt").write_text("\nSee you, {{ name }}.\n")
    return folder


def test_the_docs_are_listed_and_their_pages_printed(tuimail: Shell) -> None:
    names = [line.split("\t")[0] for line in tuimail("docs").text.splitlines()]
    page = tuimail("docs", "recovery")

    assert {"recovery", "command-line", "json"} <= set(names)
    assert page.text.startswith("# ")
    assert tuimail("docs", "recovery", "--json").json["text"] == page.text


def test_the_beginning_of_a_page_will_do_and_nothing_printed_is_marked(
    tuimail: Shell,
) -> None:
    page = tuimail("docs", "decisions/0010").text

    assert page.startswith("# 10. ")
    assert "<!--" not in tuimail("docs", "command-line").text


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("recovry", "Did you mean: tuimail docs recovery"),
        ("zzz", "See which there are: tuimail docs"),
        ("se", "See which there are: tuimail docs"),
        ("", "See which there are: tuimail docs"),
    ],
)
def test_a_page_that_is_none_says_which_may_be_meant(
    tuimail: Shell, name: str, hint: str
) -> None:
    answer = tuimail("docs", name, "--json")

    assert (answer.code, answer.error["field"]) == (1, "page")
    assert answer.error["hint"] == hint


def test_a_person_reads_a_page_through_their_pager(tuimail: Shell) -> None:
    pager = tuimail.folder / "pager"
    pager.write_text("#!/bin/sh\ncat > read\n")
    pager.chmod(0o700)
    tuimail.monkeypatch.setenv("PAGER", f"'{pager}'")

    answer = tuimail("docs", "searching", shown=True)

    assert (answer.code, answer.text) == (0, "")
    assert (tuimail.folder / "read").read_text() == documentation.text("searching")


@pytest.mark.parametrize("pager", ["'", "there-is-no-such-pager"])
def test_a_pager_that_cannot_run_is_done_without(tuimail: Shell, pager: str) -> None:
    tuimail.monkeypatch.setenv("PAGER", pager)

    assert tuimail("docs", "searching", shown=True).text.startswith("# Lists")


@pytest.mark.usefixtures("templates")
def test_templates_are_listed_by_pages(tuimail: Shell) -> None:
    first = tuimail("template", "list", "--limit", "1", "--json").json
    rest = tuimail("template", "list", "--after", first["next"]).text

    assert [one["name"] for one in first["templates"]] == ["bye.txt"]
    assert rest == "welcome.md\tmail\tWelcome, {{ name }}\n"
    assert tuimail("template", "list").text.startswith("bye.txt\tsnippet\t")


def test_where_no_template_is_it_is_said_where_one_would_be(tuimail: Shell) -> None:
    assert "settings/templates" in tuimail("template", "list").talk


def test_a_list_does_not_go_on_after_what_is_not_in_it(tuimail: Shell) -> None:
    answer = tuimail("template", "list", "--after", "none.md", "--json")

    assert (answer.code, answer.error["field"]) == (1, "after")


@pytest.mark.usefixtures("templates")
def test_a_template_is_shown_with_what_it_asks_for(tuimail: Shell) -> None:
    answer = tuimail("template", "show", "welcome.md")
    document = tuimail("template", "show", "welcome.md", "--json").json

    assert answer.text == WELCOME
    assert answer.talk == "It asks for: name, email.\n"
    assert document["blanks"] == ["name", "email"]
    assert tuimail("template", "show", "none.md").code == 1


@pytest.mark.usefixtures("templates")
def test_a_template_is_filled_in_and_nothing_is_stored(tuimail: Shell) -> None:
    shown = tuimail("template", "render", "welcome.md", "--data", ADA)
    (mail,) = tuimail("template", "render", "welcome.md", "--data", ADA,
                      "--json").json["mails"]  # fmt: skip

    assert shown.text.splitlines()[:4] == [
        "To: ada@example.org", "Subject: Welcome, Ada", "", "Dear Ada,",
    ]  # fmt: skip
    assert (mail["to"], mail["html"]) == (["ada@example.org"], None)
    assert tuimail("list", "--json").json["mails"] == []


@pytest.mark.usefixtures("templates")
def test_every_row_is_a_mail_of_its_own(tuimail: Shell) -> None:
    rows = f'[{ADA}, {{"name": "Bo", "email": "bo@example.org"}}]'

    text = tuimail("template", "render", "welcome.md", "--data", "-", stdin=rows).text

    assert text.count("Subject: Welcome") == 2
    assert "\n\nTo: bo@example.org" in text


@pytest.mark.usefixtures("templates")
def test_a_blank_without_a_value_is_named(tuimail: Shell) -> None:
    answer = tuimail("template", "render", "welcome.md", "--json")

    assert answer.code == 1
    assert "welcome.md, line" in answer.error["message"]
    assert "has no value" in answer.error["message"]


@pytest.mark.usefixtures("templates", "account")
def test_one_is_sent_by_its_name_and_a_file_here_goes_before_it(
    tuimail: Shell,
) -> None:
    send = ("send", "--dry-run", "--template", "welcome.md", "--data", ADA, "--json")

    kept = tuimail(*send).json["headers"]
    Path("welcome.md").write_text(WELCOME.replace("Welcome", "Hello"))
    here = tuimail(*send).json["headers"]

    assert ["Subject", "Welcome, Ada"] in kept
    assert ["Subject", "Hello, Ada"] in here
